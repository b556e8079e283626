package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.Refusal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The certificates that the host keeps for a guest's reports (GHCB specification, extended guest
 * request). Immutable.
 *
 * @param entries in the order of the host
 */
public record CertificateTable(List<Entry> entries) {

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  /** What the certificates of a table are for, by the names of the wire. */
  public enum Kind {
    ARK,
    ASK,
    VCEK,
    VLEK,
    CRL,
    /** An unused entry. */
    EMPTY,
    /** Named by a UUID only. */
    OTHER
  }

  /**
   * One certificate.
   *
   * @param kind what it is for
   * @param uuid of an entry of kind {@link Kind#OTHER}; empty for all others
   * @param data DER or PEM, at most 64 KiB
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Entry(Kind kind, Optional<String> uuid, byte[] data) {
    public Entry {
      Objects.requireNonNull(kind, "kind");
      if (uuid.isPresent() != (kind == Kind.OTHER)) {
        throw new IllegalArgumentException("entries of kind OTHER have a UUID, others none");
      }
      data = data.clone();
    }

    /** An entry of a kind that has a name. */
    public Entry(Kind kind, byte[] data) {
      this(kind, Optional.empty(), data);
    }

    @Override
    public byte[] data() {
      return data.clone();
    }

    /**
     * The DER of the certificate. The first 27 bytes decide, as in Trustee: either they begin a PEM
     * block, or all of the data is DER.
     */
    byte[] der() {
      String text = new String(data, StandardCharsets.ISO_8859_1);
      if (!text.startsWith(BEGIN)) {
        // The JDK would look for a PEM block further on.
        if (data.length == 0 || data[0] != DerReader.SEQUENCE) {
          throw malformed("not an X.509 certificate");
        }
        return data.clone();
      }
      int end = text.indexOf(END);
      try {
        String body = text.substring(BEGIN.length(), Math.max(end, BEGIN.length()));
        return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
      } catch (IllegalArgumentException e) {
        throw malformed("PEM that is not base64");
      }
    }

    /** The certificate of an authority. */
    X509Certificate certificate() {
      try {
        return (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der()));
      } catch (CertificateException e) {
        throw malformed("not an X.509 certificate");
      }
    }

    /** The list of revoked certificates. */
    X509CRL revocationList() {
      try {
        X509CRL list =
            (X509CRL)
                CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(data));
        if (list != null) {
          return list;
        }
      } catch (CRLException | CertificateException e) {
        // Refused below.
      }
      throw malformed("not a list of revoked certificates");
    }

    /** The certificate of an endorsement key. */
    VcekCertificate endorsementKey() {
      try {
        return VcekCertificate.parse(der());
      } catch (EvidenceException e) {
        throw e.reason() == Refusal.VCEK_MALFORMED ? malformed("not an X.509 certificate") : e;
      }
    }

    private EvidenceException malformed(String cause) {
      return EvidenceException.because(Refusal.CERTIFICATE_MALFORMED, kind + " is " + cause);
    }
  }

  public CertificateTable {
    entries = List.copyOf(entries);
  }

  /** A table with the endorsement key of a chip only. */
  public static CertificateTable ofVcek(byte[] der) {
    return new CertificateTable(List.of(new Entry(Kind.VCEK, der)));
  }

  /** Reads the member {@code cert_chain}; empty if the host gave no table. */
  static Optional<CertificateTable> parse(EvidenceJson evidence) {
    return evidence
        .optionalObjects("cert_chain")
        .map(
            objects -> {
              List<Entry> entries = new ArrayList<>();
              for (EvidenceJson object : objects) {
                entries.add(entry(object.member("cert_type"), object.numbers("data")));
              }
              return new CertificateTable(entries);
            });
  }

  private static Entry entry(JsonNode type, byte[] data) {
    if (type.isObject() && type.path("OTHER").isString()) {
      return new Entry(Kind.OTHER, Optional.of(type.path("OTHER").asString()), data);
    }
    String name = type.isString() ? type.asString() : "";
    return Arrays.stream(Kind.values())
        .filter(kind -> kind != Kind.OTHER && wireName(kind).equals(name))
        .findFirst()
        .map(kind -> new Entry(kind, data))
        .orElseThrow(
            () ->
                EvidenceException.because(
                    Refusal.SNP_EVIDENCE_MALFORMED, "unknown variant of `cert_type`"));
  }

  ArrayNode toJson() {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (Entry entry : entries) {
      ObjectNode object = json.addObject();
      if (entry.uuid().isPresent()) {
        object.putObject("cert_type").put("OTHER", entry.uuid().get());
      } else {
        object.put("cert_type", wireName(entry.kind()));
      }
      ArrayNode data = object.putArray("data");
      for (byte octet : entry.data()) {
        data.add(Byte.toUnsignedInt(octet));
      }
    }
    return json;
  }

  private static String wireName(Kind kind) {
    return kind == Kind.EMPTY ? "Empty" : kind.name();
  }

  /** The certificates of this kind; all of them have to be readable. */
  List<X509Certificate> authorities(Kind kind) {
    return entries.stream().filter(entry -> entry.kind() == kind).map(Entry::certificate).toList();
  }

  /** The lists of revoked certificates; all of them have to be readable. */
  List<X509CRL> revocationLists() {
    return entries.stream()
        .filter(entry -> entry.kind() == Kind.CRL)
        .map(Entry::revocationList)
        .toList();
  }

  /** The first endorsement key, of a chip or of a provider. */
  Optional<Entry> endorsementKey() {
    return entries.stream()
        .filter(entry -> entry.kind() == Kind.VCEK || entry.kind() == Kind.VLEK)
        .findFirst();
  }
}
