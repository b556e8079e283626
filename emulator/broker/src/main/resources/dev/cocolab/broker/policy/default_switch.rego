# Appraises switches between graphics processors. Values follow AR4SI: 2 and 3 are affirming, 33 and 36 are warnings,
# 97 is contraindicated. What no rule below vouches for keeps its default.
package policy

import rego.v1

default executables := 33

default hardware := 97

default configuration := 36

default file_system := 0

default instance_identity := 0

default runtime_opaque := 0

default storage_opaque := 0

default sourced_data := 0

trust_claims := {
	"executables": executables,
	"hardware": hardware,
	"configuration": configuration,
	"file-system": file_system,
	"instance-identity": instance_identity,
	"runtime-opaque": runtime_opaque,
	"storage-opaque": storage_opaque,
	"sourced-data": sourced_data,
}

# Kept from releases whose reference values were data. There are none any more, so that
# this never holds: a sample device needs a policy of its own.

hardware := 2 if input.sampledevice.svn in data.reference.device_svn

# Claims of NVIDIA's attestation service.

report_chain := input.nvidia["x-nvidia-switch-attestation-report-cert-chain"]

bios_chain := input.nvidia["x-nvidia-switch-bios-rim-cert-chain"]

hardware := 2 if {
	report_chain["x-nvidia-cert-ocsp-status"] == "good"
	report_chain["x-nvidia-cert-status"] == "valid"
	every claim in [
		"x-nvidia-switch-attestation-report-cert-chain-fwid-match",
		"x-nvidia-switch-attestation-report-parsed",
		"x-nvidia-switch-attestation-report-signature-verified",
		"x-nvidia-switch-arch-check",
	] {
		input.nvidia[claim]
	}
}

configuration := 2 if {
	input.nvidia.secboot
	input.nvidia.dbgstat == "disabled"
	input.nvidia["x-nvidia-switch-bios-version"] in query_reference_value("allowed_switch_bios_versions")
} else := 3 if {
	input.nvidia.secboot
	input.nvidia.dbgstat == "disabled"
}

executables := 3 if {
	bios_chain["x-nvidia-cert-ocsp-status"] == "good"
	bios_chain["x-nvidia-cert-status"] == "valid"
	every claim in [
		"x-nvidia-switch-bios-rim-fetched",
		"x-nvidia-switch-bios-rim-measurements-available",
		"x-nvidia-switch-bios-rim-schema-validated",
		"x-nvidia-switch-bios-rim-signature-verified",
		"x-nvidia-switch-bios-rim-version-match",
	] {
		input.nvidia[claim]
	}
	input.nvidia.measres == "success"
}
