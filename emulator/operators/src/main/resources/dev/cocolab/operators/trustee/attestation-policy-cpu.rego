# How far evidence of a confidential VM is trusted.
#
# `input` has one member named after the kind of TEE, with its verified claims. What the claims should be is
# registered as reference values, read by query_reference_value(name); an unknown name gives null, and nothing is
# `in` null. The result is a trustworthiness vector (AR4SI, draft-ietf-rats-ar4si): 2 to 31 affirm, 32 to 95 warn,
# 96 and above contradict.
#
# Each rule begins with its kind of TEE, so that the reference values of other kinds are not asked for.
package policy

import rego.v1

trust_claims := {
	"instance-identity": instance_identity,
	"configuration": configuration,
	"executables": executables,
	"file-system": file_system,
	"hardware": hardware,
	"runtime-opaque": runtime_opaque,
	"storage-opaque": storage_opaque,
	"sourced-data": sourced_data,
}

# Nothing is said about these.
default instance_identity := 0
default file_system := 0
default runtime_opaque := 0
default storage_opaque := 0
default sourced_data := 0

# 33: something runs that is not recognised.
default executables := 33

# 97: hardware or firmware is not recognised.
default hardware := 97

# 36: settings that matter for security are not known.
default configuration := 36

# ---- Azure, SEV-SNP with vTPM ----
# PCR 3: UEFI drivers. PCR 8: initdata. PCR 9 and 11: kernel, initial RAM disk and the parts of the unified kernel
# image. PCR 12: kernel command line. The launch measurement is Microsoft's paravisor and is not pinned.

executables := 3 if {
	input["az-snp-vtpm"]
	input["az-snp-vtpm"].tpm.pcr03 in query_reference_value("snp_pcr03")
	input["az-snp-vtpm"].tpm.pcr08 in query_reference_value("snp_pcr08")
	input["az-snp-vtpm"].tpm.pcr09 in query_reference_value("snp_pcr09")
	input["az-snp-vtpm"].tpm.pcr11 in query_reference_value("snp_pcr11")
	input["az-snp-vtpm"].tpm.pcr12 in query_reference_value("snp_pcr12")
}

# Azure renews firmware on its own schedule: a verified report is enough.
hardware := 2 if {
	input["az-snp-vtpm"]
}

configuration := 2 if {
	input["az-snp-vtpm"]
}

# ---- Azure, TDX with vTPM ----

executables := 3 if {
	input["az-tdx-vtpm"]
	input["az-tdx-vtpm"].tpm.pcr03 in query_reference_value("tdx_pcr03")
	input["az-tdx-vtpm"].tpm.pcr08 in query_reference_value("tdx_pcr08")
	input["az-tdx-vtpm"].tpm.pcr09 in query_reference_value("tdx_pcr09")
	input["az-tdx-vtpm"].tpm.pcr11 in query_reference_value("tdx_pcr11")
	input["az-tdx-vtpm"].tpm.pcr12 in query_reference_value("tdx_pcr12")
}

# A quote by Intel's quoting enclave about a TD whose platform is up to date.
hardware := 2 if {
	input["az-tdx-vtpm"]
	input["az-tdx-vtpm"].quote.header.tee_type == "81000000"
	input["az-tdx-vtpm"].quote.header.vendor_id == "939a7233f79c4ca9940a0db3957f0607"
	input["az-tdx-vtpm"].tcb_status == "UpToDate"
}

configuration := 2 if {
	input["az-tdx-vtpm"]
}

# ---- SEV-SNP ----

executables := 3 if {
	input.snp
	input.snp.measurement in query_reference_value("snp_launch_measurement")
}

# The firmware versions that the processor vouches for.
hardware := 2 if {
	input.snp
	input.snp.reported_tcb_bootloader in query_reference_value("snp_bootloader")
	input.snp.reported_tcb_microcode in query_reference_value("snp_microcode")
	input.snp.reported_tcb_snp in query_reference_value("snp_snp_svn")
	input.snp.reported_tcb_tee in query_reference_value("snp_tee_svn")
}

# 2: every setting is as registered. 3: at least neither debugging nor migration is possible.
configuration := 2 if {
	input.snp
	input.snp.policy_debug_allowed == false
	input.snp.policy_migrate_ma == false
	input.snp.platform_smt_enabled == query_reference_value("snp_smt_enabled")
	input.snp.platform_tsme_enabled == query_reference_value("snp_tsme_enabled")
	input.snp.policy_abi_major == query_reference_value("snp_guest_abi_major")
	input.snp.policy_abi_minor == query_reference_value("snp_guest_abi_minor")
	input.snp.policy_single_socket == query_reference_value("snp_single_socket")
	input.snp.policy_smt_allowed == query_reference_value("snp_smt_allowed")
} else := 3 if {
	input.snp
	input.snp.policy_debug_allowed == false
	input.snp.policy_migrate_ma == false
}

# ---- TDX ----

# 3: the run-time registers are registered and so are kernel and command line in the event log.
# 4: the registers alone, for boot chains with a boot loader of their own.
executables := 3 if {
	input.tdx
	input.tdx.quote.body.rtmr_1 in query_reference_value("rtmr_1")
	input.tdx.quote.body.rtmr_2 in query_reference_value("rtmr_2")
	tdx_kernel_logged
	tdx_command_line_logged
} else := 4 if {
	input.tdx
	input.tdx.quote.body.rtmr_1 in query_reference_value("rtmr_1")
	input.tdx.quote.body.rtmr_2 in query_reference_value("rtmr_2")
}

hardware := 2 if {
	input.tdx
	input.tdx.quote.header.tee_type == "81000000"
	input.tdx.quote.header.vendor_id == "939a7233f79c4ca9940a0db3957f0607"
	input.tdx.quote.body.mr_td in query_reference_value("mr_td")
	input.tdx.tcb_status == "UpToDate"
	input.tdx.collateral_expiration_status == "0"
}

configuration := 2 if {
	input.tdx
	input.tdx.td_attributes.debug == false
	input.tdx.quote.body.xfam in query_reference_value("xfam")
}

tdx_kernel_logged if {
	some event in input.tdx.uefi_event_logs
	event.type_name == "EV_EFI_BOOT_SERVICES_APPLICATION"
	"File(kernel)" in event.details.device_paths
	some entry in event.digests
	entry.digest == query_reference_value("tdvfkernel")
}

tdx_command_line_logged if {
	some event in input.tdx.uefi_event_logs
	event.type_name == "EV_EVENT_TAG"
	event.details.string == "LOADED_IMAGE::LoadOptions"
	some entry in event.digests
	entry.digest == query_reference_value("tdvfkernelparams")
}

# ---- TPM without a confidential VM ----

executables := 3 if {
	input.tpm
	input.tpm.pcr11 in query_reference_value("tpm_pcr11")
}

hardware := 2 if {
	input.tpm
}

configuration := 0 if {
	input.tpm
}

# ---- IBM Secure Execution ----
# The verifier has compared measurements and user data already.

executables := 3 if {
	input.se
}

hardware := 2 if {
	input.se
}

configuration := 2 if {
	input.se
}

# ---- Sample, for tests without a TEE ----

executables := 3 if {
	input.sample
	input.sample.launch_digest in query_reference_value("launch_digest")
}

hardware := 2 if {
	input.sample
	input.sample.svn in query_reference_value("svn")
	input.sample.platform_version.major == query_reference_value("major_version")
	input.sample.platform_version.minor >= query_reference_value("minimum_minor_version")
}

configuration := 2 if {
	input.sample
	input.sample.debug == false
}

# ---- Identity of the workload ----
# Initdata is bound to the evidence and carries the agent's policy, which names the containers' images and users.

extensions := [{
	"name": "ear.trustee.identifiers",
	"key": -18,
	"value": {"validated": identifiers},
}]

identifiers := object.union_n([images, users])

image_names := [name |
	container := input.init_data_claims.agent_policy_claims.containers[_]
	name := container.OCI.Annotations["io.kubernetes.cri.image-name"]
]

images := {"container_images": image_names} if {
	count(image_names) > 0
} else := {}

user_ids := [id |
	container := input.init_data_claims.agent_policy_claims.containers[_]
	id := container.OCI.Process.User.UID
]

users := {"container_uids": user_ids} if {
	count(user_ids) > 0
} else := {}
