package dev.cocolab.broker.restful;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.evidence.Tee;
import java.util.EnumSet;
import java.util.Set;

/** The TEEs that the REST interface takes: not {@code nvidia} and {@code tpm}, as upstream. */
public final class RestfulTees {
  private static final Set<Tee> NOT_NAMED = EnumSet.of(Tee.NVIDIA, Tee.TPM);

  private RestfulTees() {}

  /**
   * The TEE of a name.
   *
   * @throws BrokerException UNSUPPORTED_TEE
   */
  public static Tee of(String name) {
    return Tee.ofWireName(name)
        .filter(tee -> !NOT_NAMED.contains(tee))
        .orElseThrow(
            () -> new BrokerException(Reason.UNSUPPORTED_TEE, "tee `" + name + " not supported`"));
  }
}
