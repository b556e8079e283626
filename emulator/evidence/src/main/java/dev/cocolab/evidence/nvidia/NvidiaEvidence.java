package dev.cocolab.evidence.nvidia;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.StrictBase64;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Evidence as the attester of a guest sends it: {@code device_evidence_list}, an object a device.
 *
 * @param devices at most 64
 */
record NvidiaEvidence(List<Device> devices) {

  private static final String UNKNOWN = "unknown";

  /**
   * One device, nothing of it decoded yet.
   *
   * @param architecture the family
   * @param uuid a name that nothing covers; {@code unknown} where the evidence has none
   * @param evidence the measurements, hex or standard base64
   * @param certificate the chain, standard base64 of PEM
   */
  record Device(Architecture architecture, String uuid, String evidence, String certificate) {

    /** Request and answer. */
    byte[] report() {
      try {
        return HexFormat.of().parseHex(evidence);
      } catch (IllegalArgumentException e) {
        return base64("evidence", evidence);
      }
    }

    /** The chain in PEM. */
    byte[] chain() {
      return base64("certificate", certificate);
    }

    private static byte[] base64(String member, String text) {
      return StrictBase64.decodeStandard(text)
          .orElseThrow(
              () ->
                  EvidenceException.because(
                      Refusal.NVIDIA_ENCODING, "`" + member + "` is not base64"));
    }
  }

  NvidiaEvidence {
    devices = List.copyOf(devices);
  }

  /**
   * Reads evidence; members it does not know are ignored.
   *
   * @throws EvidenceException {@link Refusal#NVIDIA_EVIDENCE_MALFORMED}
   */
  static NvidiaEvidence parse(JsonNode evidence) {
    EvidenceJson json = EvidenceJson.of(evidence, Refusal.NVIDIA_EVIDENCE_MALFORMED);
    List<EvidenceJson> list =
        json.optionalObjects("device_evidence_list")
            .orElseThrow(() -> malformed("missing field `device_evidence_list`"));
    List<Device> devices = new ArrayList<>();
    for (EvidenceJson device : list) {
      String name = device.string("arch");
      Optional<Architecture> architecture = Architecture.of(name);
      devices.add(
          new Device(
              architecture.orElseThrow(() -> malformed("unknown variant `" + name + "`")),
              device.member("uuid").isMissingNode() ? UNKNOWN : device.string("uuid"),
              device.string("evidence"),
              device.string("certificate")));
    }
    return new NvidiaEvidence(devices);
  }

  private static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.NVIDIA_EVIDENCE_MALFORMED, cause);
  }
}
