package dev.cocolab.tee.tamper;

import dev.cocolab.evidence.Tee;
import dev.cocolab.tee.TeeException;
import dev.cocolab.tee.keys.EmulatedKeys;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence taken apart into named fields. Immutable: each change gives another specimen. The bytes
 * are not judged; a specimen can be changed into something that no verifier can read.
 *
 * <p>TEEs: {@code az-snp-vtpm} and {@code az-tdx-vtpm} of every version, {@code snp}, {@code tdx},
 * {@code tpm}, {@code sample}.
 */
public final class Specimen {

  private final Tee tee;
  private final ObjectNode evidence;
  private final Map<String, Part> parts;
  private final Map<String, byte[]> bytes;
  private final List<EvidenceField> fields;

  private Specimen(
      Tee tee, ObjectNode evidence, Map<String, Part> parts, Map<String, byte[]> bytes) {
    this.tee = tee;
    this.evidence = evidence;
    this.parts = parts;
    this.bytes = bytes;
    this.fields = EvidenceShape.fields(tee, evidence, parts, bytes);
  }

  private Specimen(Specimen before, Map<String, byte[]> bytes) {
    this.tee = before.tee;
    this.evidence = before.evidence;
    this.parts = before.parts;
    this.bytes = bytes;
    this.fields = before.fields; // so that a change of a size does not move the fields behind it
  }

  /**
   * Takes evidence apart.
   *
   * @param evidence as a guest sends it
   * @throws TeeException {@link TeeException.Reason#EVIDENCE_MALFORMED} if it is not of the TEE;
   *     {@link TeeException.Reason#NOT_EMULATED} for other TEEs
   */
  public static Specimen of(Tee tee, JsonNode evidence) {
    if (!(evidence instanceof ObjectNode object)) {
      throw new TeeException(
          TeeException.Reason.EVIDENCE_MALFORMED, "evidence is a JSON object, this is not");
    }
    Map<String, Part> parts = EvidenceShape.parts(tee, evidence);
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    parts.forEach((key, part) -> bytes.put(key, part.decode(evidence)));
    return new Specimen(tee, object.deepCopy(), parts, bytes);
  }

  /** The kind of evidence. */
  public Tee tee() {
    return tee;
  }

  /** All fields in the order of the evidence. Some lie inside others. */
  public List<EvidenceField> fields() {
    return fields;
  }

  /**
   * A field by its name.
   *
   * @throws TeeException {@link TeeException.Reason#FIELD_UNKNOWN} if there is none
   */
  public EvidenceField field(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new TeeException(
                    TeeException.Reason.FIELD_UNKNOWN,
                    "evidence of %s has no field '%s'; its fields: %s"
                        .formatted(
                            tee.wireName(),
                            name,
                            String.join(", ", fields.stream().map(EvidenceField::name).toList()))));
  }

  Optional<EvidenceField> find(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }

  /** The bytes of a field. */
  public byte[] value(String name) {
    EvidenceField field = field(name);
    return Arrays.copyOfRange(whole(field.part()), field.offset(), field.end());
  }

  /**
   * Changes a field and leaves every signature as it is.
   *
   * @throws TeeException {@link TeeException.Reason#FIELD_UNKNOWN}, {@link
   *     TeeException.Reason#FIELD_FIXED} or {@link TeeException.Reason#FIELD_VALUE}
   */
  public Specimen with(Tampering tampering) {
    EvidenceField field = field(tampering.field());
    if (!field.tamperable()) {
      throw new TeeException(
          TeeException.Reason.FIELD_FIXED,
          "the evidence of %s carries no %s, so it cannot be changed"
              .formatted(tee.wireName(), field.name()));
    }
    return with(field, tampering.change().apply(field, value(field.name())));
  }

  /**
   * Changes a field and makes everything again that covers it: digests, then signatures, up to the
   * certificate authorities. A changed signature or unsigned field stays as it is.
   *
   * @param keys of the machine that made the evidence
   * @throws TeeException as {@link #with(Tampering)}, and {@link TeeException.Reason#KEY_ABSENT}
   */
  public Specimen with(Tampering tampering, EmulatedKeys keys) {
    Objects.requireNonNull(keys, "keys");
    Layer layer = field(tampering.field()).layer();
    return new Resigning(with(tampering), keys).above(layer, tampering.field());
  }

  Specimen with(EvidenceField field, byte[] value) {
    byte[] changed = whole(field.part());
    System.arraycopy(value, 0, changed, field.offset(), value.length);
    return withWhole(field.part(), changed);
  }

  /** The bytes of a part by the name that its fields give. */
  byte[] whole(String part) {
    if (part.endsWith(EvidenceShape.PCK)) {
      byte[] quote = whole(part.substring(0, part.length() - EvidenceShape.PCK.length()));
      return TdxFields.Frame.of(quote)
          .flatMap(frame -> PemChain.first(TdxFields.chain(quote, frame)))
          .orElseThrow();
    }
    return bytes.get(key(part)).clone();
  }

  Specimen withWhole(String part, byte[] content) {
    if (part.endsWith(EvidenceShape.PCK)) {
      String quote = part.substring(0, part.length() - EvidenceShape.PCK.length());
      return withWhole(quote, PckExchange.in(whole(quote), content));
    }
    Map<String, byte[]> changed = new LinkedHashMap<>(bytes);
    changed.put(key(part), content);
    return new Specimen(this, changed);
  }

  private String key(String part) {
    return parts.entrySet().stream()
        .filter(entry -> entry.getValue().name().equals(part))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  /** The name of a part by what it holds; empty if the evidence has none. */
  Optional<String> part(String key) {
    return Optional.ofNullable(parts.get(key)).map(Part::name);
  }

  /** The evidence as it is sent. */
  public ObjectNode toJson() {
    ObjectNode json = evidence.deepCopy();
    parts.forEach((key, part) -> part.encode(json, bytes.get(key)));
    return json;
  }
}
