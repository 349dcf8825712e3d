"""Section 5: how Adam relates to RMSProp, AdaGrad and the natural gradient."""
