package dev.cocolab.evidence.nvidia;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What NVIDIA puts into the opaque data of a measurement report; names of the nvtrust project. */
enum OpaqueField {
  CERT_ISSUER_NAME(1),
  CERT_AUTHORITY_KEY_IDENTIFIER(2),
  DRIVER_VERSION(3, Form.TEXT),
  GPU_INFO(4),
  ID_SKU(5),
  VBIOS_VERSION(6, Form.VERSION),
  MANUFACTURER_ID(7),
  TAMPER_DETECTION(8),
  SMC(9),
  VPR(10),
  NVDEC0_STATUS(11, Form.TEXT),
  MEASUREMENT_COUNT(12, Form.COUNTS),
  CPR_INFO(13),
  BOARD_ID(14),
  CHIP_SKU(15, Form.TEXT),
  CHIP_SKU_MOD(16, Form.TEXT),
  PROJECT(17, Form.TEXT),
  PROJECT_SKU(18, Form.TEXT),
  PROJECT_SKU_MOD(19),
  FWID(20),
  PROTECTED_PCIE_STATUS(21, Form.TEXT),
  SWITCH_PDI(22, Form.IDENTIFIERS),
  FLOORSWEPT_PORTS(23),
  POSITION_ID(24),
  LOCK_SWITCH_STATUS(25),
  GPU_LINK_CONN(32),
  SYS_ENABLE_STATUS(33),
  OPAQUE_DATA_VERSION(34, Form.NUMBER),
  CHIP_INFO(35, Form.TEXT),
  FEATURE_FLAG(36, Form.FEATURE);

  /** How the value is shown. */
  enum Form {
    HEX,
    TEXT,
    /** Bytes of the first half backwards, then one of the second, in hex with dots. */
    VERSION,
    /** 32 bits a measurement. */
    COUNTS,
    /** 64 bits each. */
    IDENTIFIERS,
    NUMBER,
    FEATURE
  }

  private final int id;
  private final Form form;

  OpaqueField(int id) {
    this(id, Form.HEX);
  }

  OpaqueField(int id, Form form) {
    this.id = id;
    this.form = form;
  }

  Form form() {
    return form;
  }

  String claimName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<OpaqueField> ofId(int id) {
    return Arrays.stream(values()).filter(field -> field.id == id).findFirst();
  }
}
