f = lambda x, y: x*y + y*y


# --- grad argnums=(0,1) kinds=float,float
# assumes: x Python float, y Python float
def lambda__grad(x, y):
    return y, 2 * y + x
