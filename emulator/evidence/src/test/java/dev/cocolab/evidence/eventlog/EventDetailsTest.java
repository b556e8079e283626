package dev.cocolab.evidence.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the data of an event is shown as: known answers of Trustee. */
class EventDetailsTest {

  private static final String BOOT = "EV_EFI_BOOT_SERVICES_APPLICATION";
  private static final String ADDRESSES = "000000000000000000000000000000000000000000000000";
  private static final String END = "7fff0400";

  private static JsonNode details(EventType type, String hex) {
    return EventDetails.of(type, HexFormat.of().parseHex(hex));
  }

  private static void refused(String type, String hex, String cause) {
    EvidenceException refusal =
        catchThrowableOfType(EvidenceException.class, () -> details(EventType.valueOf(type), hex));
    assertThat(refusal).as(type + " " + hex).isNotNull();
    assertThat(refusal.reason()).isEqualTo(Refusal.EVENT_LOG_MALFORMED);
    assertThat(refusal.getCause()).hasMessage(cause);
  }

  @ParameterizedTest
  @CsvSource({
    "EV_IPL, 4d6f, Mo",
    "EV_IPL, 4d6f6b4c69737400, MokList",
    "EV_IPL, 2e006c0069006e00750078000000, linux",
    "EV_IPL, 2e0063006d0064006c0069006e0065000000, cmdline",
    "EV_IPL, 2e000000, ''",
    "EV_IPL, 677275625f636d64207365742070616765723d310000, grub_cmd set pager=1",
    "EV_IPL, ff006d, ff006d",
    "EV_EVENT_TAG, ed223b8f1a0000004c4f414445445f494d4147453a3a4c6f61644f7074696f6e7300,"
        + " LOADED_IMAGE::LoadOptions",
    "EV_EVENT_TAG, ec223b8f0d0000004c696e757820696e6974726400, Linux initrd",
    "EV_EFI_HANDOFF_TABLES2, 095464785461626c65000100000000000000, TdxTable",
    "EV_EFI_PLATFORM_FIRMWARE_BLOB2, 0b74645f7061796c6f6164000010900000000000, td_payload",
    "EV_POST_CODE, 73616d706c6520746573742064617461, sample test data",
    "EV_EFI_ACTION, '', ''",
    "EV_COMPACT_HASH, 41, A",
    "EV_OMIT_BOOT_DEVICE_EVENTS, 42, B",
    "EV_PLATFORM_CONFIG_FLAGS, 6501740010632f7fc2856100, et c/a",
    "EV_PLATFORM_CONFIG_FLAGS, ff61, ''",
  })
  void textsAreShown(EventType type, String hex, String text) {
    assertThat(details(type, hex).path("string").asString()).isEqualTo(text);
    assertThat(details(type, hex)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "EV_IPL, '', Data is too short: expected at least 2 bytes",
    "EV_IPL, 2e00, Data is too short or not UTF-16 string",
    "EV_IPL, 2e0000, Data is too short or not UTF-16 string",
    "EV_EVENT_TAG, '', Cannot read event id",
    "EV_EVENT_TAG, 0f, Cannot read event id",
    "EV_EVENT_TAG, 0f74645f7061, Cannot read length",
    "EV_EVENT_TAG, 0F74645f7061796c6f61640000109000, Failed to read description",
    "EV_EFI_HANDOFF_TABLES2, '', Data is too short: expected at least 1 byte",
    "EV_EFI_HANDOFF_TABLES2, 0f, Data is too short: expected at least 15 bytes",
    "EV_EFI_HANDOFF_TABLES2, 00, Description has no length",
    "EV_EFI_HANDOFF_TABLES2, 02ff, invalid utf-8 sequence",
    "EV_POST_CODE, ff, invalid utf-8 sequence",
    "EV_EFI_VARIABLE_BOOT, '', Failed to read GUID",
    "EV_EFI_VARIABLE_BOOT, 61dfe48bca93d211aa0d00e098032b8c,"
        + " Failed to read unicode name length",
    "EV_EFI_VARIABLE_BOOT2, 61dfe48bca93d211aa0d00e098032b8c0a00000000000000,"
        + " Failed to read variable data length",
    "EV_EFI_VARIABLE_AUTHORITY, 61dfe48bca93d211aa0d00e098032b8c0a000000000000000000000000000000,"
        + " Out of bounds while reading description bytes",
    "EV_EFI_VARIABLE_AUTHORITY, 61dfe48bca93d211aa0d00e098032b8cffffffffffffffff0000000000000000,"
        + " Out of bounds while reading description length",
    "EV_EFI_VARIABLE_AUTHORITY, 61dfe48bca93d211aa0d00e098032b8c0000000000000000ffffffffffffffff,"
        + " Out of bounds while reading variable_data",
    "EV_EFI_VARIABLE_AUTHORITY, 61dfe48bca93d211aa0d00e098032b8c0100000000000000000000000000000000d8,"
        + " invalid utf-16: lone surrogate found",
    BOOT + ", 00, Data is too short: expected at least 32 bytes",
    BOOT
        + ", "
        + ADDRESSES
        + "0400000000000000"
        + END
        + ", Remaining device path is shorter than 4 bytes",
    BOOT
        + ", "
        + ADDRESSES
        + "ffffffffffffffff"
        + END
        + ", Data is shorter than claimed by dev_path_offset",
    BOOT
        + ", "
        + ADDRESSES
        + "0800000000000000"
        + "01010300"
        + END
        + ", Device path node is shorter than its header",
    BOOT
        + ", "
        + ADDRESSES
        + "0800000000000000"
        + "01010600"
        + END
        + ", Data is too short: expected at least 6 bytes",
    BOOT
        + ", "
        + ADDRESSES
        + "0a00000000000000"
        + "01010400"
        + "0101"
        + END
        + ", Remaining device path is shorter than 4 bytes",
  })
  void dataOfAnotherFormIsRefused(String type, String hex, String cause) {
    refused(type, hex, cause);
  }

  @Test
  void variablesAreTakenApart() {
    JsonNode details =
        details(
            EventType.EV_EFI_VARIABLE_BOOT,
            "61dfe48bca93d211aa0d00e098032b8c0900000000000000020000000000000042006f006f0074004f0072006400650072000000");

    assertThat(details.toString())
        .isEqualTo(
            "{\"unicode_name\":\"BootOrder\",\"unicode_name_length\":9,\"variable_data\":\"AAA=\","
                + "\"variable_data_length\":2,"
                + "\"variable_name\":\"61dfe48b-ca93-d211-aa0d-00e098032b8c\"}");
  }

  @Test
  void kindsThatAreNotLookedIntoHaveNone() {
    assertThat(details(EventType.EV_SEPARATOR, "00000000")).isEmpty();
    assertThat(details(EventType.EV_EFI_GPT_EVENT, "740014")).isEmpty();
    assertThat(details(EventType.valueOf(BOOT), ADDRESSES + "0000000000000000")).isEmpty();
  }

  @ParameterizedTest(name = "{2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "0101 | 0001 | Pci(0,1)",
        "0201 | d041030a02000000 | ACPI(PNP0A03,2)",
        "0305 | 0102 | USB(1,2)",
        "030b | 001320f5fa77000000000000000000000000000000000000000000000000000001"
            + " | Mac(001320F5FA77,0x01)",
        "030c | 0100A8C06400A8C00000BC0C0600010000000000000000"
            + " | IPv4(192.168.0.100,TCP,Static,192.168.0.1)",
        "030c | 0100A8C06400A8C00000BC0C1100000100A8C000ffffff"
            + " | IPv4(192.168.0.100,UDP,DHCP,192.168.0.1,3232235521,4294967040)",
        "0315 | 00010203040506070001020304050607"
            + " | FibreEx(0x0001020304050607,0x0001020304050607)",
        "0401 | 0f000000002800000000000000500300000000005e27f1007553d5439eb5de2add4c99320202"
            + " | HD(15,GPT,00F1275E-5375-43D5-9EB5-DE2ADD4C9932,0x2800,0x35000)",
        "0401 | 00000000000000000000000000000000000000000000000000000000431202a0000000000101"
            + " | HD(0,MBR,0x00000000)",
        "0401 | 01000000000800000000000000E02E0000000000431202a000000000431202a0000000000101"
            + " | HD(1,MBR,0xa0021243,0x800,0x2ee000)",
        "0403 | 72f728144ab61e44b8c39ebdd7f893c7"
            + " | VenMedia(1428F772-B64A-441E-B8C3-9EBDD7F893C7,)",
        "0404 | 6b00650072006e0065006c000000 | File(kernel)",
        "0501 | 0500000000 | BBS(USB,,0)",
        "0501 | F0FF000000 | BBS(65520,,0)",
        "0501 | 8000000041424300 | BBS(DEV,ABC,0)",
        // What is not known, or too short, by numbers.
        "0317 | 0a0b | Path(3,23,0a0b)",
        "0601 | '' | Path(6,1,)",
        "0101 | 00 | Path(1,1,00)",
        "0401 | 0f | Path(4,1,0f)",
        "0401 | 0f000000002800000000000000500300000000005e27f1007553d5439eb5de2add4c99320302"
            + " | Path(4,1,0f000000002800000000000000500300000000005e27f1007553d5439eb5de2add4c99320302)",
        "0404 | 6b0065 | Path(4,4,6b0065)",
        "0501 | 80000000ff | Path(5,1,80000000ff)",
      })
  void nodesOfADevicePathAreNamed(String type, String hex, String text) {
    String length = "%02x00".formatted(4 + hex.length() / 2);
    String size = "%02x".formatted(8 + hex.length() / 2) + "00".repeat(7);

    JsonNode paths =
        details(EventType.valueOf(BOOT), ADDRESSES + size + type + length + hex + END)
            .path("device_paths");

    assertThat(paths).hasSize(1);
    assertThat(paths.path(0).asString()).isEqualTo(text);
  }

  @Test
  void aDevicePathHasAnEnd() {
    String nodes = "01010400".repeat(257);
    refused(
        BOOT, ADDRESSES + "0804000000000000" + nodes + END, "Device path has more than 256 nodes");
  }

  @Test
  void eventsOfTheAgentAreTakenApart() {
    assertThat(agent("coco.com do some more").toString())
        .isEqualTo("{\"domain\":\"coco.com\",\"operation\":\"do\",\"content\":\"some more\"}");
    assertThat(agent("d o {\"a\": [1, \"b\"]}").path("content").toString())
        .isEqualTo("{\"a\":[1,\"b\"]}");
    assertThat(agent("d o 7").path("content").isIntegralNumber()).isTrue();
    assertThat(agent("d o {} {}").path("content").asString()).isEqualTo("{} {}");
    assertThat(agent("d o ").path("content").asString()).isEmpty();
    assertThat(agent("d o 1e999").path("content").asString()).isEqualTo("1e999");
    String deep = "[".repeat(200) + "]".repeat(200);
    assertThat(agent("d o " + deep).path("content").asString()).isEqualTo(deep);
    refused("EV_EVENT_TAG", tagged("domain"), "No space found in event string");
    refused("EV_EVENT_TAG", tagged("domain o"), "No second space found in event string");
    refused("EV_EVENT_TAG", "4c45414101000000ff", "Illegal AAEL event data");
  }

  private static JsonNode agent(String text) {
    JsonNode details = details(EventType.EV_EVENT_TAG, tagged(text));
    assertThat(details.path("string").asString()).isEqualTo(text);
    assertThat(details.path("unicode_name").asString()).isEqualTo("AAEL");
    return details.path("data");
  }

  private static String tagged(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return "4c454141"
        + HexFormat.of().toHexDigits(Integer.reverseBytes(bytes.length))
        + HexFormat.of().formatHex(bytes);
  }
}
