package dev.cocolab.reports;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A run as it might have been, with everything a report can show. */
final class SampleRun {

  static final RunFacts FACTS =
      new RunFacts(
          "emulator",
          "redhat-1.2",
          Instant.parse("2026-03-01T10:00:00Z"),
          OptionalLong.of(4711),
          Optional.of("a5990ca1d2e3f4a5b6c7d8e9f00112233445566"),
          Map.of("CoCoLab", "0.1.0", "Java", "17.0.15"));

  private static final String PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfz0AEYBxVSF+FAAhKDveksOjmAAAAAElFTkSuQmCC";

  private SampleRun() {}

  static void write(Path directory) {
    AllureFolder run = new AllureFolder(directory);
    String setup = "Configure Trustee";
    run.scenario(setup, "The key broker starts with the restricted profile", "passed")
        .label("tag", "F03")
        .step("Given a TrusteeConfig with the profile \"Restricted\"", "passed", 412)
        .step("When Trustee is restarted", "passed", 1890)
        .step("Then its log says \"Starting HTTPS server at [0.0.0.0:8080]\"", "passed", 31)
        .attach(
            "kbs-config.toml",
            "text/plain",
            "config-attachment.txt",
            """
            [http_server]
            sockets = ["0.0.0.0:8080"]
            insecure_http = false
            """)
        .write();
    run.scenario(setup, "A secret that is not listed is not a resource", "passed")
        .step("Given the secret \"fraud-dataset\" in Trustee's namespace", "passed", 12)
        .step("Then \"default/fraud-dataset/dataset_key\" is not found", "passed", 60)
        .write();
    String about =
        "A key leaves Trustee only for a guest whose evidence was verified.\nEach claim has its attack beside it.";
    String attestation = "Attestation: a key only for an attested pod";
    run.scenario(
            attestation, "A pod with the expected measurements receives the dataset key", "failed")
        .description(about)
        .label("tag", "F11")
        .label("tag", "needs-faults")
        .message(
            """
            java.lang.AssertionError:
            [key in the init container]

            expected: 32 bytes
             but was: nothing
            """,
            """
            java.lang.AssertionError: expected 32 bytes
                at dev.cocolab.steps.PodSteps.key(PodSteps.java:41)
                at /home/alice/cocolab/steps on builder-7f3a
            """)
        .step("Given the reference values of pod VM image \"1.11\"", "passed", 96)
        .step("When the pod \"decryption-fraud-detection\" is created", "passed", 2104)
        .attach(
            "pod.yaml",
            "application/yaml",
            "pod-attachment.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: decryption-fraud-detection
            spec:
              runtimeClassName: kata-remote
            """)
        .step("Then its init container has the dataset key", "failed", 310)
        .attach(
            "Why the resource was denied",
            Explanation.MEDIA_TYPE,
            "explanation-attachment.json",
            "{\"verdict\":\"denied\",\"summary\":\"The guest runs with initdata that nobody registered, so its"
                + " executables were not recognised and the resource policy refused the key.\",\"findings\":[{\"claim\":"
                + "\"az-snp-vtpm.tpm.pcr08\",\"found\":\"9f2b61c0a7d4e58813c6f0b2d19e4477aa30c5e1b8f6927d0e4a3c5b7d8e9f10\","
                + "\"expected\":[\"1c0de5a7b3f48e2960d1c7a5b9e8f60411d2c3b4a5968778695a4b3c2d1e0f9a\"],"
                + "\"referenceValue\":\"snp_pcr08\",\"policy\":\"default_cpu.rego\",\"line\":48,\"rule\":\"executables\","
                + "\"remedy\":\"Add the pod's initdata digest to snp_pcr08 in trusteeconfig-rvps-reference-values, then"
                + " restart Trustee.\"},{\"claim\":\"ear.trustworthiness-vector.executables\",\"found\":\"33\",\"expected\":"
                + "[\"2 to 31\"],\"policy\":\"resource-policy.rego\",\"line\":21,\"rule\":\"executables_doubtful\",\"remedy\":"
                + "\"Nothing here; it follows from the finding above.\"}]}")
        .afterHook(
            "log of kbs",
            "text/plain",
            "kbs-attachment.txt",
            """
            INFO  POST /kbs/v0/attest 200
            WARN  \u001b[31mAccess denied by policy\u001b[0m <script>alert(1)</script>
            """)
        .write();
    run.scenario(attestation, "A changed initdata document is refused", "passed")
        .description(about + "\nThe guest measures initdata into PCR 8.")
        .step("When the pod starts with a changed initdata document", "passed", 1650)
        .step("Then the secret is refused because of \"init_data\"", "passed", 45)
        .attach("screen", "image/png", "screen-attachment.png", Base64.getDecoder().decode(PIXEL))
        .write();
    run.scenario(attestation, "The key arrives although the blob store is slow", "broken")
        .description(about)
        .message(
            "java.io.IOException: java.net.ConnectException: Connection refused by the blob store at 127.0.0.1:10000",
            "…")
        .step("Given a blob store that answers after 3 s", "broken", 5)
        .step("Then the key arrives", "skipped", 0)
        .write();
    run.scenario("Real hardware", "The measurements of a real TDX guest are accepted", "skipped")
        .message(
            "org.opentest4j.TestAbortedException: Assumption failed: needs-real-tee: the emulator has no TDX hardware",
            "")
        .write();
  }
}
