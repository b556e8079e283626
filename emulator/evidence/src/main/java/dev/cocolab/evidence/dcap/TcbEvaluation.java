package dev.cocolab.evidence.dcap;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.tdx.QeReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * At which level a platform, its TDX module and its quoting enclave are (Intel PCS API version 4,
 * "TCB level selection"): the first level, in the document's order, whose every security version is
 * reached.
 */
final class TcbEvaluation {
  private static final int COMPONENTS = 16;
  private static final String SGX = "sgxtcbcomponents";
  private static final String TDX = "tdxtcbcomponents";

  private final PckExtension platform;
  private final JsonNode tcbInfo;
  private final JsonNode qeIdentity;
  private final QeReport qeReport;

  TcbEvaluation(PckExtension platform, JsonNode tcbInfo, JsonNode qeIdentity, QeReport qeReport) {
    this.platform = platform;
    this.tcbInfo = tcbInfo;
    this.qeIdentity = qeIdentity;
    this.qeReport = qeReport;
  }

  /**
   * The result for one set of TDX security versions.
   *
   * @param date earliest of the levels that count
   * @param advisories of all of them, each once
   */
  record Result(TcbStatus status, Instant date, List<String> advisories) {
    Result {
      advisories = List.copyOf(advisories);
    }
  }

  /**
   * Evaluates.
   *
   * @param tdxSvn 16 bytes: tee_tcb_svn
   * @throws EvidenceException {@link Refusal#DCAP_TCB_UNSUPPORTED} when no level is reached
   */
  Result evaluate(byte[] tdxSvn) {
    TcbLevel ofPlatform = platformLevel(tdxSvn);
    TcbLevel ofQe =
        enclaveLevel(qeIdentity, qeReport.isvSvn(), Refusal.DCAP_QE_IDENTITY_FORMAT, "QE");
    int moduleVersion = Byte.toUnsignedInt(tdxSvn[1]);
    Optional<TcbLevel> ofModule =
        moduleVersion == 0
            ? Optional.empty()
            : module(moduleVersion)
                .map(
                    identity ->
                        enclaveLevel(
                            identity,
                            Byte.toUnsignedInt(tdxSvn[0]),
                            Refusal.DCAP_TCB_INFO_FORMAT,
                            "TDX module"));
    List<TcbLevel> levels = new ArrayList<>(List.of(ofPlatform, ofQe));
    ofModule.ifPresent(levels::add);
    TcbStatus status = ofPlatform.status();
    Set<String> advisories = new LinkedHashSet<>();
    for (TcbLevel level : levels) {
      status = status.and(level.status());
      advisories.addAll(level.advisories());
    }
    Instant date = levels.stream().map(TcbLevel::date).min(Instant::compareTo).orElseThrow();
    return new Result(status, date, List.copyOf(advisories));
  }

  private TcbLevel platformLevel(byte[] tdxSvn) {
    int from = tdxSvn[1] == 0 ? 0 : 2;
    return TcbLevel.of(tcbInfo.path("tcbLevels"), Refusal.DCAP_TCB_INFO_FORMAT).stream()
        .filter(level -> reaches(level, tdxSvn, from))
        .findFirst()
        .orElseThrow(() -> unsupported("platform"));
  }

  private boolean reaches(TcbLevel level, byte[] tdxSvn, int from) {
    for (int i = 0; i < COMPONENTS; i++) {
      if (platform.component(i) < level.required(SGX, i)
          || (i >= from && Byte.toUnsignedInt(tdxSvn[i]) < level.required(TDX, i))) {
        return false;
      }
    }
    return platform.pceSvn() >= level.required("pcesvn");
  }

  private static TcbLevel enclaveLevel(
      JsonNode identity, int isvSvn, Refusal malformed, String what) {
    return TcbLevel.of(identity.path("tcbLevels"), malformed).stream()
        .filter(level -> isvSvn >= level.required("isvsvn"))
        .findFirst()
        .orElseThrow(() -> unsupported(what));
  }

  private static EvidenceException unsupported(String what) {
    return EvidenceException.because(
        Refusal.DCAP_TCB_UNSUPPORTED, "the %s is below every level".formatted(what));
  }

  /** What TCB info says of a TDX module; empty when it does not know its version. */
  Optional<JsonNode> module(int version) {
    String id = String.format(Locale.ROOT, "TDX_%02X", version);
    return Stream.of(tcbInfo.path("tdxModuleIdentities"))
        .flatMap(identities -> identities.valueStream())
        .filter(identity -> identity.path("id").asString("").equals(id))
        .findFirst();
  }
}
