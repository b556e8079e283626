package dev.cocolab.tee.tdx;

import dev.cocolab.evidence.eventlog.DigestAlgorithm;
import dev.cocolab.evidence.eventlog.EventLog;
import dev.cocolab.evidence.eventlog.EventLogBuilder;
import dev.cocolab.evidence.eventlog.EventType;
import dev.cocolab.tee.BootImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What TDVF firmware and a Linux kernel measure when a TD boots a kernel directly: the same events
 * in the same order as the log of a real boot (TDX virtual firmware design guide, measurement).
 *
 * <p>Kernel, initial RAM disk and command line are those of the image. The default attestation
 * policy of Trustee looks for the events of the first and the last.
 */
public final class TdBoot {

  private static final int RTMR_0 = 1;
  private static final int RTMR_1 = 2;
  private static final int RTMR_2 = 3;

  /** Identifiers of the kernel's EFI stub (Linux, include/linux/efi.h). */
  private static final int INITRD_TAG = 0x8f3b22ec;

  private static final int LOAD_OPTIONS_TAG = 0x8f3b22ed;

  private static final byte[] GLOBAL_VARIABLE = guid("61dfe48bca93d211aa0d00e098032b8c");
  private static final byte[] SECURITY_DATABASE = guid("cbb219d73a3d9645a3bcdad00e67656f");
  private static final byte[] QEMU_KERNEL_LOADER = guid("72f728144ab61e44b8c39ebdd7f893c7");
  private static final byte[] SEPARATOR = new byte[4];
  private static final byte[] FIRST_OPTION = new byte[2];
  private static final long KERNEL_ADDRESS = 0x7c000000L;
  private static final int KERNEL_SIZE = 0x00d0_0000;
  private static final int FIRMWARE_SIZE = 0x000e_0000;

  private final BootImage image;

  private TdBoot(BootImage image) {
    this.image = image;
  }

  /** The boot of an image. */
  public static TdBoot of(BootImage image) {
    return new TdBoot(image);
  }

  /** SHA-384 of the kernel: the reference value {@code tdvfkernel}. */
  public byte[] kernelDigest() {
    return DigestAlgorithm.SHA384.digest(kernel());
  }

  /** SHA-384 of the kernel's command line: the reference value {@code tdvfkernelparams}. */
  public byte[] commandLineDigest() {
    return DigestAlgorithm.SHA384.digest(commandLine());
  }

  private byte[] kernel() {
    return text(image.name() + " kernel " + image.pcrHex(11));
  }

  private byte[] commandLine() {
    return (image.name() + " kernel command line " + image.pcrHex(12) + "\0")
        .getBytes(StandardCharsets.UTF_16LE);
  }

  /** The log of the firmware and the kernel, ended by eight bytes of 0xff. */
  public byte[] log() {
    EventLogBuilder log = EventLog.builder(DigestAlgorithm.SHA384);
    log.measure(
        RTMR_0,
        EventType.EV_EFI_HANDOFF_TABLES2,
        text("CoCoLab TD hand-off block"),
        described("TdxTable\0", 1, 0));
    log.measure(
        RTMR_0,
        EventType.EV_EFI_PLATFORM_FIRMWARE_BLOB2,
        text("CoCoLab TD configuration volume"),
        described("Fv(XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX)\0", 0, FIRMWARE_SIZE));
    driverConfig(log, GLOBAL_VARIABLE, "SecureBoot");
    driverConfig(log, GLOBAL_VARIABLE, "PK");
    driverConfig(log, GLOBAL_VARIABLE, "KEK");
    driverConfig(log, SECURITY_DATABASE, "db");
    driverConfig(log, SECURITY_DATABASE, "dbx");
    log.measure(RTMR_0, EventType.EV_SEPARATOR, SEPARATOR);
    for (String table : new String[] {"loader", "rsdp", "tables"}) {
      log.measure(
          RTMR_0,
          EventType.EV_PLATFORM_CONFIG_FLAGS,
          text("CoCoLab ACPI " + table),
          text("ACPI DATA"));
    }
    log.measure(RTMR_1, EventType.EV_EFI_BOOT_SERVICES_APPLICATION, kernel(), kernelPlace());
    bootVariable(log, "BootOrder", FIRST_OPTION);
    bootVariable(log, "Boot0000", text("CoCoLab boot option"));
    action(log, "Calling EFI Application from Boot Option");
    log.measure(RTMR_0, EventType.EV_SEPARATOR, SEPARATOR);
    log.measure(
        RTMR_2,
        EventType.EV_EVENT_TAG,
        commandLine(),
        tagged(LOAD_OPTIONS_TAG, "LOADED_IMAGE::LoadOptions\0"));
    log.measure(
        RTMR_2,
        EventType.EV_EVENT_TAG,
        text(image.name() + " initrd " + image.pcrHex(9)),
        tagged(INITRD_TAG, "Linux initrd\0"));
    action(log, "Exit Boot Services Invocation");
    action(log, "Exit Boot Services Returned with Success");
    return log.build();
  }

  /** A variable that is not set. */
  private static void driverConfig(EventLogBuilder log, byte[] vendor, String name) {
    byte[] data = variable(vendor, name, new byte[0]);
    log.measure(RTMR_0, EventType.EV_EFI_VARIABLE_DRIVER_CONFIG, data);
  }

  /** Of a boot variable only the value is measured. */
  private static void bootVariable(EventLogBuilder log, String name, byte[] value) {
    log.measure(
        RTMR_0, EventType.EV_EFI_VARIABLE_BOOT, value, variable(GLOBAL_VARIABLE, name, value));
  }

  private static void action(EventLogBuilder log, String text) {
    log.measure(RTMR_1, EventType.EV_EFI_ACTION, text(text));
  }

  /** UEFI_VARIABLE_DATA. */
  private static byte[] variable(byte[] vendor, String name, byte[] value) {
    byte[] unicode = name.getBytes(StandardCharsets.UTF_16LE);
    return little(vendor.length + 2 * Long.BYTES + unicode.length + value.length)
        .put(vendor)
        .putLong(name.length())
        .putLong(value.length)
        .put(unicode)
        .put(value)
        .array();
  }

  /** UEFI_PLATFORM_FIRMWARE_BLOB2 and UEFI_HANDOFF_TABLE_POINTERS2: a description, two numbers. */
  private static byte[] described(String description, long first, long second) {
    byte[] text = text(description);
    return little(1 + text.length + 2 * Long.BYTES)
        .put((byte) text.length)
        .put(text)
        .putLong(first)
        .putLong(second)
        .array();
  }

  /** TCG_PCClientTaggedEvent. */
  private static byte[] tagged(int tag, String text) {
    byte[] bytes = text(text);
    return little(2 * Integer.BYTES + bytes.length)
        .putInt(tag)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  /** UEFI_IMAGE_LOAD_EVENT with the device path VenMedia(..)/File(kernel). */
  private static byte[] kernelPlace() {
    byte[] name = "kernel\0".getBytes(StandardCharsets.UTF_16LE);
    int media = 4 + QEMU_KERNEL_LOADER.length;
    int file = 4 + name.length;
    int path = media + file + 4;
    return little(4 * Long.BYTES + path)
        .putLong(KERNEL_ADDRESS)
        .putLong(KERNEL_SIZE)
        .putLong(0)
        .putLong(path)
        .put((byte) 4)
        .put((byte) 3)
        .putShort((short) media)
        .put(QEMU_KERNEL_LOADER)
        .put((byte) 4)
        .put((byte) 4)
        .putShort((short) file)
        .put(name)
        .put(new byte[] {0x7f, (byte) 0xff, 4, 0})
        .array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] guid(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
