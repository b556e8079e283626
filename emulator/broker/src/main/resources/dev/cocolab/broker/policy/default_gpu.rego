# Appraises graphics processors. Values follow AR4SI: 2 and 3 are affirming, 33 and 36 are warnings,
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

report_chain := input.nvidia["x-nvidia-gpu-attestation-report-cert-chain"]

vbios_chain := input.nvidia["x-nvidia-gpu-vbios-rim-cert-chain"]

hardware := 2 if {
	report_chain["x-nvidia-cert-ocsp-status"] == "good"
	report_chain["x-nvidia-cert-status"] == "valid"
	every claim in [
		"x-nvidia-gpu-attestation-report-cert-chain-fwid-match",
		"x-nvidia-gpu-attestation-report-parsed",
		"x-nvidia-gpu-attestation-report-signature-verified",
		"x-nvidia-gpu-arch-check",
	] {
		input.nvidia[claim]
	}
}

configuration := 2 if {
	input.nvidia.secboot
	input.nvidia.dbgstat == "disabled"
	input.nvidia["x-nvidia-gpu-vbios-version"] in query_reference_value("allowed_vbios_versions")
	input.nvidia["x-nvidia-gpu-driver-version"] in query_reference_value("allowed_driver_versions")
} else := 3 if {
	input.nvidia.secboot
	input.nvidia.dbgstat == "disabled"
}

executables := 3 if {
	vbios_chain["x-nvidia-cert-ocsp-status"] == "good"
	vbios_chain["x-nvidia-cert-status"] == "valid"
	every claim in [
		"x-nvidia-gpu-driver-rim-fetched",
		"x-nvidia-gpu-driver-rim-measurements-available",
		"x-nvidia-gpu-driver-rim-schema-validated",
		"x-nvidia-gpu-driver-rim-signature-verified",
		"x-nvidia-gpu-driver-rim-version-match",
		"x-nvidia-gpu-vbios-rim-fetched",
		"x-nvidia-gpu-vbios-rim-measurements-available",
		"x-nvidia-gpu-vbios-rim-schema-validated",
		"x-nvidia-gpu-vbios-rim-signature-verified",
		"x-nvidia-gpu-vbios-rim-version-match",
	] {
		input.nvidia[claim]
	}
	input.nvidia.measres == "success"
}
