f = lambda x, y: x*y + y*y


# --- grad argnums=(0,1) kinds=float,float
