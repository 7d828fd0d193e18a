"""Who, where, in which group; who may reach whom; signing in. Refuses to know what is taught."""
