package dev.cocolab.broker.plugin;

/**
 * A plugin answers three questions about a request: does it need an administrator, what is the
 * answer, must the answer be encrypted for the caller's TEE. Where no administrator is needed the
 * caller needs an attestation token that the resource policy lets pass. Safe for use by several
 * threads.
 *
 * <p>Every question may end in a {@link dev.cocolab.broker.failure.BrokerException} with reason
 * PLUGIN or STORAGE, whose text is for the log; callers see {@code Plugin internal error}.
 */
public sealed interface Plugin
    permits ResourcePlugin, SamplePlugin, ProvisionerPlugin, NebulaCaPlugin {

  /** First element of the path, for instance {@code resource}. */
  String name();

  /** Whether an administrator must ask. */
  boolean needsAdmin(PluginCall call);

  /** The answer in plain. */
  byte[] handle(PluginCall call);

  /** Whether an attested caller gets the answer as JWE only. Not asked for administrators. */
  boolean mustEncrypt(PluginCall call);
}
