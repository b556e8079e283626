package dev.cocolab.steps.run;

import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import dev.cocolab.lab.LabWiring;
import dev.cocolab.steps.persona.OpSec;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.tee.BootImage;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Looks at no evidence; claims of any guest that it is exactly as registered. */
final class GullibleVerifier implements EvidenceVerifier {
  private static final int REGISTERS = 24;

  private final AtomicReference<String> initdata = new AtomicReference<>("");

  /** A lab with this verifier in the place of the regular one. */
  LabWiring wiring() {
    return LabWiring.regular()
        .withVerifiers(
            regular -> {
              var exchanged = new EnumMap<>(regular);
              exchanged.put(tee(), this);
              return Map.copyOf(exchanged);
            });
  }

  /** Takes the registered measurement of initdata of a lab for that of every guest. */
  void believeIn(Target target) {
    initdata.set(
        new OpSec(target.clients().opSec(), target.timeouts())
            .registeredInitdataMeasurements()
            .get(0));
  }

  @Override
  public Tee tee() {
    return Tee.AZ_SNP_VTPM;
  }

  @Override
  public List<TeeClaims> verify(JsonNode evidence, ExpectedBinding expected) {
    BootImage image = BootImage.defaultPodVm();
    ObjectNode claims = JsonMapper.shared().createObjectNode();
    claims.put("init_data", initdata.get());
    expected
        .reportData()
        .ifPresent(bound -> claims.put("report_data", HexFormat.of().formatHex(bound)));
    ObjectNode tpm = claims.putObject("tpm");
    for (int pcr = 0; pcr < REGISTERS; pcr++) {
      tpm.put("pcr%02d".formatted(pcr), pcr == 8 ? initdata.get() : image.pcrHex(pcr));
    }
    return List.of(new TeeClaims(tee(), TeeClaims.CPU, claims));
  }
}
