package dev.cocolab.evidence.tdx;

import dev.cocolab.evidence.EvidenceJson;
import dev.cocolab.evidence.dcap.PckExtension;
import dev.cocolab.evidence.eventlog.EventLog;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Claims of a quote in the names and types of Trustee: hex of the bytes in their order. */
public final class TdxClaims {
  private TdxClaims() {}

  /** What the quote says, without what an appraisal adds. */
  public static ObjectNode of(TdxQuote quote, Optional<EventLog> log, PckExtension platform) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    log.ifPresent(events -> claims.set("uefi_event_logs", events.claims()));
    ObjectNode shown = claims.putObject("quote");
    shown.set("header", header(quote.header()));
    if (quote.hasType()) {
      shown.put("type", littleEndian(quote.bodyType(), Short.BYTES));
      shown.put("size", littleEndian(quote.declaredSize(), Integer.BYTES));
    }
    TdBody body = quote.body();
    ObjectNode fields = shown.putObject("body");
    for (TdField field : TdField.values()) {
      if (body.has(field)) {
        fields.put(field.claim(), EvidenceJson.hex(body.get(field)));
      }
    }
    claims
        .putObject("td_attributes")
        .put("debug", body.debug())
        .put("septve_disable", body.septVeDisable())
        .put("protection_keys", body.protectionKeys())
        .put("key_locker", body.keyLocker())
        .put("perfmon", body.perfmon());
    claims.put("report_data", EvidenceJson.hex(body.get(TdField.REPORT_DATA)));
    claims.put("init_data", EvidenceJson.hex(body.get(TdField.MR_CONFIG_ID)));
    platform
        .shownInstanceId()
        .ifPresent(id -> claims.put("platform_instance_id", EvidenceJson.hex(id)));
    return claims;
  }

  private static ObjectNode header(QuoteHeader header) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("version", littleEndian(header.version(), Short.BYTES))
        .put("att_key_type", littleEndian(header.attKeyType(), Short.BYTES))
        .put("tee_type", littleEndian(header.teeType(), Integer.BYTES))
        .put("reserved", EvidenceJson.hex(header.reserved()))
        .put("vendor_id", EvidenceJson.hex(header.vendorId()))
        .put("user_data", EvidenceJson.hex(header.userData()));
  }

  private static String littleEndian(int number, int size) {
    byte[] four =
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
    return EvidenceJson.hex(Arrays.copyOf(four, size));
  }
}
