package dev.cocolab.evidence.hcl;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.snp.SnpReport;
import dev.cocolab.evidence.tdx.TdReport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The report in NV index 0x01400001 of an Azure vTPM: header, hardware report, variable data;
 * little-endian, 2600 bytes on Azure. Immutable.
 *
 * <pre>
 * 0     4  "HCLA"                1216  4  data size: 20 + n
 * 4     4  version, 1 or 2       1220  4  version, 1
 * 8     4  report size: 1236 + n 1224  4  report type: 2 SNP, 4 TDX
 * 12    4  request type, 2       1228  4  hash type: 1 SHA-256
 * 16    4  status, 0             1232  4  n
 * 20   12  reserved, 0           1236  n  variable data, JSON
 * 32 1184  hardware report       then     zero bytes
 * </pre>
 */
public final class HclReport {

  /** Size of the NV index in bytes. */
  public static final int SIZE = 2600;

  /** {@code HCLA}, read little-endian. */
  public static final int MAGIC = 0x414c4348;

  /** Report type of a report that carries an SNP report. */
  public static final int SNP_TYPE = 2;

  /** Report type of a report that carries a TDREPORT. */
  public static final int TDX_TYPE = 4;

  private static final int VERSION = 4;
  private static final int REPORT_SIZE = 8;
  private static final int REQUEST_TYPE = 12;
  private static final int STATUS = 16;
  private static final int RESERVED = 20;
  private static final int HARDWARE_REPORT = 32;
  private static final int DATA_SIZE = 1216;
  private static final int DATA_VERSION = 1220;
  private static final int REPORT_TYPE = 1224;
  private static final int HASH_TYPE = 1228;
  private static final int VARIABLE_DATA_SIZE = 1232;
  private static final int VARIABLE_DATA = 1236;
  private static final int DATA_HEADER_SIZE = VARIABLE_DATA - DATA_SIZE;
  private static final int SHA256_TYPE = 1;
  private static final int ATTESTATION_REQUEST = 2;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final byte[] bytes;
  private final ByteBuffer fields;

  private HclReport(byte[] bytes) {
    this.bytes = bytes;
    this.fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads a report as Azure's library does: sizes and report type are checked, the rest is not.
   *
   * @throws EvidenceException {@link Refusal#HCL_REPORT_SIZE} or {@link Refusal#HCL_REPORT_TYPE}
   */
  public static HclReport parse(byte[] report) {
    if (report.length < VARIABLE_DATA) {
      throw EvidenceException.of(Refusal.HCL_REPORT_SIZE);
    }
    HclReport parsed = new HclReport(report.clone());
    if (parsed.unsigned(VARIABLE_DATA_SIZE) > report.length - VARIABLE_DATA) {
      throw EvidenceException.of(Refusal.HCL_REPORT_SIZE);
    }
    int type = parsed.reportType();
    if (type != SNP_TYPE && type != TDX_TYPE) {
      throw EvidenceException.of(Refusal.HCL_REPORT_TYPE);
    }
    return parsed;
  }

  /**
   * Writes a version 1 report around an SNP report, as Azure hosts do.
   *
   * @throws IllegalArgumentException if the variable data does not fit
   */
  public static HclReport of(SnpReport report, byte[] variableData) {
    return of(SNP_TYPE, 1, report.bytes(), variableData);
  }

  /**
   * Writes a version 2 report around a TDREPORT, as Azure hosts do.
   *
   * @throws IllegalArgumentException if the variable data does not fit
   */
  public static HclReport of(TdReport report, byte[] variableData) {
    return of(TDX_TYPE, 2, report.bytes(), variableData);
  }

  private static HclReport of(int type, int version, byte[] hardwareReport, byte[] variableData) {
    if (variableData.length > SIZE - VARIABLE_DATA) {
      throw new IllegalArgumentException("variable data of " + variableData.length + " bytes");
    }
    ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0, MAGIC);
    out.putInt(VERSION, version);
    out.putInt(REPORT_SIZE, VARIABLE_DATA + variableData.length);
    out.putInt(REQUEST_TYPE, ATTESTATION_REQUEST);
    out.put(HARDWARE_REPORT, hardwareReport);
    out.putInt(DATA_SIZE, DATA_HEADER_SIZE + variableData.length);
    out.putInt(DATA_VERSION, 1);
    out.putInt(REPORT_TYPE, type);
    out.putInt(HASH_TYPE, SHA256_TYPE);
    out.putInt(VARIABLE_DATA_SIZE, variableData.length);
    out.put(VARIABLE_DATA, variableData);
    return new HclReport(out.array());
  }

  /** The report as received. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** 2 for SNP, 4 for TDX. */
  public int reportType() {
    return fields.getInt(REPORT_TYPE);
  }

  /** The exact bytes of the variable data. */
  public byte[] variableData() {
    return Arrays.copyOfRange(bytes, VARIABLE_DATA, VARIABLE_DATA + variableDataSize());
  }

  /**
   * SHA-256 of the variable data.
   *
   * @throws EvidenceException {@link Refusal#HCL_HASH_TYPE} if the report asks for another hash
   */
  public byte[] variableDataDigest() {
    if (fields.getInt(HASH_TYPE) != SHA256_TYPE) {
      throw EvidenceException.of(Refusal.HCL_HASH_TYPE)
          .withMismatch(
              "report_data_hash_type",
              Integer.toString(SHA256_TYPE),
              Long.toString(unsigned(HASH_TYPE)));
    }
    return sha256(variableData());
  }

  /**
   * The hash that a hardware report covers, for a builder.
   *
   * @param variableData what {@link VariableData#encode} wrote
   * @return 64 bytes: SHA-256, then zero
   */
  public static byte[] reportDataFor(byte[] variableData) {
    return Arrays.copyOf(sha256(variableData), 64);
  }

  /**
   * The SNP report inside.
   *
   * @throws EvidenceException {@link Refusal#HCL_REPORT_TYPE} if there is none that can be read
   */
  public SnpReport snpReport() {
    if (reportType() != SNP_TYPE) {
      throw EvidenceException.of(Refusal.HCL_REPORT_TYPE);
    }
    try {
      return SnpReport.parse(
          Arrays.copyOfRange(bytes, HARDWARE_REPORT, HARDWARE_REPORT + SnpReport.SIZE));
    } catch (EvidenceException e) {
      throw EvidenceException.because(
          Refusal.HCL_REPORT_TYPE,
          e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    }
  }

  /**
   * The key that signs quotes of this VM.
   *
   * @throws EvidenceException {@link Refusal#AK_ABSENT} or {@link Refusal#AK_MALFORMED}
   */
  public RSAPublicKey attestationKey() {
    return JsonWebKeys.attestationKey(
        json().orElseThrow(() -> EvidenceException.because(Refusal.AK_ABSENT, "JSON parse error")));
  }

  /**
   * What the guest wrote into NV index 0x01400002.
   *
   * @return 64 bytes on Azure
   * @throws EvidenceException {@link Refusal#VARIABLE_DATA_MALFORMED} or {@link
   *     Refusal#USER_DATA_MALFORMED}
   */
  public byte[] userData() {
    JsonNode data =
        json()
            .map(json -> json.path("user-data"))
            .filter(JsonNode::isString)
            .orElseThrow(() -> EvidenceException.of(Refusal.VARIABLE_DATA_MALFORMED));
    try {
      return HexFormat.of().parseHex(data.asString());
    } catch (IllegalArgumentException e) {
      throw EvidenceException.of(Refusal.USER_DATA_MALFORMED);
    }
  }

  /**
   * Checks the header fields that no signature covers, and that Azure's library does not look at,
   * against what every Azure host writes. The fill after the variable data is left alone: newer
   * hosts may use it.
   *
   * @throws EvidenceException {@link Refusal#HCL_HEADER} with the field
   */
  public void checkHeader() {
    long version = unsigned(VERSION);
    require("signature", MAGIC, unsigned(0));
    require("version", version == 2 ? 2 : 1, version);
    require("report_size", VARIABLE_DATA + variableDataSize(), unsigned(REPORT_SIZE));
    require("request_type", ATTESTATION_REQUEST, unsigned(REQUEST_TYPE));
    require("status", 0, unsigned(STATUS));
    for (int offset = RESERVED; offset < HARDWARE_REPORT; offset += Integer.BYTES) {
      require("reserved", 0, unsigned(offset));
    }
    require("data_size", DATA_HEADER_SIZE + variableDataSize(), unsigned(DATA_SIZE));
    require("hcl_data.version", 1, unsigned(DATA_VERSION));
    for (int offset = VARIABLE_DATA + variableDataSize(); offset < bytes.length; offset++) {
      require("fill", 0, bytes[offset]);
    }
  }

  private static void require(String field, long expected, long found) {
    if (expected != found) {
      throw EvidenceException.mismatch(
          Refusal.HCL_HEADER, field, Long.toString(expected), Long.toString(found));
    }
  }

  private Optional<JsonNode> json() {
    try {
      return Optional.of(JSON.readTree(variableData())).filter(JsonNode::isObject);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private int variableDataSize() {
    return fields.getInt(VARIABLE_DATA_SIZE);
  }

  private long unsigned(int offset) {
    return Integer.toUnsignedLong(fields.getInt(offset));
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-256 in this Java platform", e);
    }
  }
}
