package dev.cocolab.broker;

import java.util.Map;

/** What a user would change, by what was found. */
final class Remedies {
  private static final String CONFIG_MAP =
      "ConfigMap trusteeconfig-rvps-reference-values, key reference_value";

  private static final Map<String, String> MEANINGS =
      Map.of(
          "pcr03", "firmware and boot configuration",
          "pcr08", "initdata",
          "pcr09", "initial RAM disk",
          "pcr11", "kernel image",
          "pcr12", "kernel command line");

  private static final String AGAIN =
      "Attest again with the nonce of this session and its own key.";
  private static final String INITDATA =
      "Send the initdata that this guest was booted with, or none.";
  private static final String ROOTS =
      "Give the broker the roots of this hardware, or use hardware it trusts.";
  private static final String COLLATERAL =
      "See that Intel's service, or the stored collateral, is there for this kind of platform.";

  private static final Map<String, String> REFUSALS =
      Map.ofEntries(
          Map.entry("QUOTE_NONCE", AGAIN),
          Map.entry("SAMPLE_REPORT_DATA", AGAIN),
          Map.entry("USER_DATA", AGAIN),
          Map.entry("REPORT_DATA", AGAIN),
          Map.entry("TDX_REPORT_DATA", AGAIN),
          Map.entry("INIT_DATA", INITDATA),
          Map.entry("HOST_DATA", INITDATA),
          Map.entry("TDX_INIT_DATA", INITDATA),
          Map.entry("TPM_INIT_DATA", INITDATA),
          Map.entry("CA_CHAIN", ROOTS),
          Map.entry("VCEK_CHAIN", ROOTS),
          Map.entry("ARK_FOREIGN", ROOTS),
          Map.entry("VEK_CHAIN", ROOTS),
          Map.entry("DCAP_ROOT_KEY", ROOTS),
          Map.entry("COLLATERAL_TCB_INFO", COLLATERAL),
          Map.entry("COLLATERAL_QE_IDENTITY", COLLATERAL),
          Map.entry("COLLATERAL_PCK_CRL", COLLATERAL),
          Map.entry("COLLATERAL_ROOT_CRL", COLLATERAL),
          Map.entry("COLLATERAL_EXPIRED", "Renew the collateral, and compare the clocks."),
          Map.entry(
              "DCAP_TCB_REVOKED", "Update the firmware of this platform: Intel revoked its level."),
          Map.entry(
              "TPM_INIT_DATA_SIZE",
              "Use initdata with algorithm = \"sha256\" for this kind of TEE."),
          Map.entry("UNSUPPORTED_TEE", "Use a TEE that this broker can verify."),
          Map.entry("HANDSHAKE", "Start again with POST /kbs/v0/auth and keep its cookie."),
          Map.entry(
              "REFERENCE_VALUES",
              "Correct the reference values (" + CONFIG_MAP + ") and restart Trustee."),
          Map.entry("POLICY_ABSENT", "Give Trustee the policy that is named and restart it."));

  private Remedies() {}

  static String ofRefusal(String kind, String reason) {
    String remedy = REFUSALS.getOrDefault(reason, REFUSALS.get(kind));
    return remedy == null
        ? "The evidence is not that of a genuine, unchanged guest: do not trust it."
        : remedy;
  }

  static String ofPolicyError(String file) {
    return "Correct " + file + " in its ConfigMap and restart Trustee.";
  }

  static String ofMismatch(String claim, String referenceValue, boolean registered) {
    String register = claim.substring(claim.lastIndexOf('.') + 1);
    String meaning = MEANINGS.getOrDefault(register, claim);
    if (!registered) {
      return "Register reference value "
          + referenceValue
          + " ("
          + CONFIG_MAP
          + ") and restart Trustee.";
    }
    return "If this "
        + meaning
        + " is meant, add the value found to "
        + referenceValue
        + " ("
        + CONFIG_MAP
        + ") and restart Trustee; if not, boot the pod with the "
        + meaning
        + " that is registered.";
  }

  static String ofCondition(String file, int line) {
    return "Meet the condition, or change " + file + " line " + line + " and restart Trustee.";
  }
}
