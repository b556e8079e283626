package dev.cocolab.azure.identity;

import dev.cocolab.azure.AzureException;

/** Nobody is signed in, and it is known why before anybody is asked. */
record Nobody(AzureException.Reason reason, String why) implements CloudIdentity {
  @Override
  public Token token(String scope) {
    throw new AzureException(reason, why);
  }

  @Override
  public void forget() {}

  @Override
  public String description() {
    return "nobody";
  }
}
