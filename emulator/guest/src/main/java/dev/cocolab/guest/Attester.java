package dev.cocolab.guest;

import dev.cocolab.protocol.Attestation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * What a client shows to a broker.
 *
 * @param tee wire name of the TEE, such as {@code az-snp-vtpm}
 * @param evidence makes primary evidence over report data
 * @param devices makes evidence of attached devices over report data, by the device's wire name
 * @param initData the initdata document, where one is sent
 */
public record Attester(
    String tee,
    Function<byte[], JsonNode> evidence,
    Map<String, Function<byte[], JsonNode>> devices,
    Optional<Attestation.InitDataText> initData) {

  /** Keeps the order of the devices, in which they are sent. */
  public Attester {
    Objects.requireNonNull(tee, "tee");
    Objects.requireNonNull(evidence, "evidence");
    devices = Collections.unmodifiableMap(new LinkedHashMap<>(devices));
    Objects.requireNonNull(initData, "initData");
  }

  /** A TEE without devices that sends no initdata. */
  public static Attester of(String tee, Function<byte[], JsonNode> evidence) {
    return new Attester(tee, evidence, Map.of(), Optional.empty());
  }
}
