package dev.cocolab.broker.rvps;

import dev.cocolab.broker.failure.BrokerException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A Concise Reference Integrity Manifest (draft-ietf-rats-corim), signed or not; no signature is
 * checked. Each reference triple of each CoMID in it gives values under vendor, model, key, name
 * and serial number, as far as they are there, joined by slashes: {@code …/digests} is a list of
 * hex strings, {@code …/raw_bytes} one hex string.
 */
final class CorimExtractor implements Extractor {
  // Tags of CBOR, draft section 4.
  private static final long TAG_CORIM = 500;
  private static final long TAG_UNSIGNED = 501;
  private static final long TAG_SIGNED = 502;
  private static final long TAG_COMID = 506;
  private static final long TAG_COSE_SIGN1 = 18;
  private static final long TAG_UUID = 37;
  private static final long TAG_BYTES = 560;

  // Keys of maps: corim-map, concise-mid-tag, triples-map, environment-map, class-map,
  // measurement-map, measurement-values-map.
  private static final long CORIM_TAGS = 1;
  private static final long COMID_TRIPLES = 4;
  private static final long TRIPLES_REFERENCE = 0;
  private static final long ENVIRONMENT_CLASS = 0;
  private static final long CLASS_VENDOR = 1;
  private static final long CLASS_MODEL = 2;
  private static final long MEASUREMENT_KEY = 0;
  private static final long MEASUREMENT_VALUES = 1;
  private static final long VALUES_DIGESTS = 2;
  private static final long VALUES_RAW = 4;
  private static final long VALUES_SERIAL = 8;
  private static final long VALUES_NAME = 11;

  private static final int UUID_BYTES = 16;
  private static final int COSE_PAYLOAD = 2;

  @Override
  public List<Extracted> extract(byte[] manifest) {
    Cbor.Fields corim = corim(CborReader.read(manifest));
    Cbor tags = corim.get(CORIM_TAGS).orElseThrow(() -> Extractor.refused("CoRIM without tags"));
    List<Extracted> out = new ArrayList<>();
    for (Cbor tag : items(tags, "tags")) {
      if (tag instanceof Cbor.Tagged tagged
          && tagged.tag() == TAG_COMID
          && tagged.content() instanceof Cbor.Bytes comid) {
        comid(fields(CborReader.read(comid.value()), "CoMID"), out);
      }
    }
    return out;
  }

  /** Upstream strips tags 500 and 502 and reads what is left, tagged or not. */
  private static Cbor.Fields corim(Cbor item) {
    Cbor left = item;
    while (left instanceof Cbor.Tagged tagged) {
      left =
          switch ((int) Math.min(tagged.tag(), Integer.MAX_VALUE)) {
            case (int) TAG_CORIM, (int) TAG_UNSIGNED, (int) TAG_SIGNED -> tagged.content();
            case (int) TAG_COSE_SIGN1 -> signedPayload(tagged.content());
            default -> throw Extractor.refused("tag " + tagged.tag() + " is not that of a CoRIM");
          };
    }
    return fields(left, "CoRIM");
  }

  private static Cbor signedPayload(Cbor sign1) {
    List<Cbor> parts = items(sign1, "COSE_Sign1");
    if (parts.size() != 4 || !(parts.get(COSE_PAYLOAD) instanceof Cbor.Bytes payload)) {
      throw Extractor.refused("COSE_Sign1 without a payload");
    }
    return CborReader.read(payload.value());
  }

  private static void comid(Cbor.Fields comid, List<Extracted> out) {
    Optional<Cbor> triples = comid.get(COMID_TRIPLES);
    Optional<Cbor> references = triples.flatMap(t -> fields(t, "triples").get(TRIPLES_REFERENCE));
    if (references.isEmpty()) {
      return;
    }
    for (Cbor reference : items(references.get(), "reference triples")) {
      List<Cbor> triple = items(reference, "reference triple");
      if (triple.size() != 2) {
        throw Extractor.refused("a reference triple needs an environment and measurements");
      }
      List<String> path = environment(fields(triple.get(0), "environment"));
      for (Cbor measurement : items(triple.get(1), "measurements")) {
        measurement(fields(measurement, "measurement"), path, out);
      }
    }
  }

  private static List<String> environment(Cbor.Fields environment) {
    List<String> out = new ArrayList<>();
    environment
        .get(ENVIRONMENT_CLASS)
        .map(value -> fields(value, "class"))
        .ifPresent(
            type -> {
              type.get(CLASS_VENDOR).ifPresent(v -> out.add(text(v, "vendor")));
              type.get(CLASS_MODEL).ifPresent(m -> out.add(text(m, "model")));
            });
    return out;
  }

  private static void measurement(
      Cbor.Fields measurement, List<String> environment, List<Extracted> out) {
    List<String> path = new ArrayList<>(environment);
    measurement.get(MEASUREMENT_KEY).flatMap(CorimExtractor::key).ifPresent(path::add);
    Cbor.Fields values =
        fields(
            measurement
                .get(MEASUREMENT_VALUES)
                .orElseThrow(() -> Extractor.refused("a measurement without values")),
            "measurement values");
    values.get(VALUES_NAME).ifPresent(name -> path.add(text(name, "name")));
    values.get(VALUES_SERIAL).ifPresent(serial -> path.add(text(serial, "serial number")));
    values
        .get(VALUES_DIGESTS)
        .ifPresent(digests -> out.add(new Extracted(name(path, "digests"), digests(digests))));
    values
        .get(VALUES_RAW)
        .filter(raw -> raw instanceof Cbor.Tagged tagged && tagged.tag() == TAG_BYTES)
        .map(raw -> ((Cbor.Tagged) raw).content())
        .ifPresent(
            raw ->
                out.add(
                    new Extracted(
                        name(path, "raw_bytes"),
                        JsonNodeFactory.instance.stringNode(hex(raw, "raw value")))));
  }

  /** Text as it is, a number as {@code claim<N>}, a UUID; other kinds of key are left out. */
  private static Optional<String> key(Cbor key) {
    if (key instanceof Cbor.Text text) {
      return Optional.of(text.value());
    }
    if (key instanceof Cbor.Int number && number.value().signum() >= 0) {
      return Optional.of("claim" + number.value());
    }
    if (key instanceof Cbor.Tagged tagged && tagged.tag() == TAG_UUID) {
      if (!(tagged.content() instanceof Cbor.Bytes id) || id.value().length != UUID_BYTES) {
        throw Extractor.refused("a UUID that is not 16 bytes");
      }
      ByteBuffer bytes = ByteBuffer.wrap(id.value());
      return Optional.of(new UUID(bytes.getLong(), bytes.getLong()).toString());
    }
    return Optional.empty();
  }

  private static ArrayNode digests(Cbor digests) {
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    for (Cbor digest : items(digests, "digests")) {
      List<Cbor> parts = items(digest, "digest");
      if (parts.size() != 2) {
        throw Extractor.refused("a digest needs an algorithm and a value");
      }
      out.add(hex(parts.get(1), "digest"));
    }
    return out;
  }

  private static String name(List<String> path, String last) {
    List<String> out = new ArrayList<>(path);
    out.add(last);
    return String.join("/", out);
  }

  private static String hex(Cbor item, String what) {
    if (item instanceof Cbor.Bytes bytes) {
      return HexFormat.of().formatHex(bytes.value());
    }
    throw wrong(what, "bytes");
  }

  private static String text(Cbor item, String what) {
    if (item instanceof Cbor.Text text) {
      return text.value();
    }
    throw wrong(what, "text");
  }

  private static List<Cbor> items(Cbor item, String what) {
    if (item instanceof Cbor.Array array) {
      return array.items();
    }
    throw wrong(what, "an array");
  }

  private static Cbor.Fields fields(Cbor item, String what) {
    if (item instanceof Cbor.Fields fields) {
      return fields;
    }
    throw wrong(what, "a map");
  }

  private static BrokerException wrong(String what, String wanted) {
    return Extractor.refused(what + " of a CoRIM must be " + wanted);
  }
}
