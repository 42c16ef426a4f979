"""A truss of bars by finite elements: a dict of elements, a stiffness assembled by np.ix_, stresses in a list."""

import numpy as np

R = np.random.default_rng(301)
N = R.standard_normal


def fem_bar(E, A, nodes, load):
    elements = {0: (0, 1), 1: (1, 2), 2: (2, 3), 3: (0, 2), 4: (1, 3)}
    ndof = 2*len(nodes)
    K = np.zeros((ndof, ndof))
    for e, (i, j) in elements.items():
        d = nodes[j] - nodes[i]
        L = np.sqrt(d[0]**2 + d[1]**2)
        c, s = d/L
        k = E*A[e]/L*np.array([[c*c, c*s, -c*c, -c*s],
                               [c*s, s*s, -c*s, -s*s],
                               [-c*c, -c*s, c*c, c*s],
                               [-c*s, -s*s, c*s, s*s]])
        dofs = [2*i, 2*i+1, 2*j, 2*j+1]
        K[np.ix_(dofs, dofs)] += k
    free = [d for d in range(ndof) if d not in (0, 1, 7)]
    F = np.zeros(ndof)
    F[5] = load
    u = np.zeros(ndof)
    u[free] = np.linalg.solve(K[np.ix_(free, free)], F[free])
    compliance = F @ u
    stress = []
    for i, j in elements.values():
        d = nodes[j] - nodes[i]
        L = np.linalg.norm(d)
        stress.append(E*np.dot(d, u[2*j:2*j+2] - u[2*i:2*i+2])/L**2)
    return compliance + 0.1*np.max(np.abs(stress))


NODES = np.array([[0.0, 0.0], [1.0, 0.1], [0.1, 1.0], [1.2, 1.1]])
CASES = [
    (fem_bar, (2.0, np.array([1.0, 1.3, 0.8, 1.1, 0.9]), NODES, 0.5)),
    (fem_bar, (1.5, np.array([0.7, 1.3, 1.4, 1.0, 1.2]), NODES + 0.05*N((4, 2)), -0.3)),
]
