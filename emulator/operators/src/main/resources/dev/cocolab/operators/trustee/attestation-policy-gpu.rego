# How far evidence of an NVIDIA GPU is trusted. `input.nvidia` holds the verified claims of the remote
# attestation service. The result is a trustworthiness vector (AR4SI, draft-ietf-rats-ar4si).
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

# 97: hardware not recognised.
default hardware := 97

# 33: firmware or driver not recognised.
default executables := 33

# 36: security-relevant settings unknown.
default configuration := 36

# 2: a genuine GPU; its report is signed by a key that NVIDIA vouches for.
hardware := 2 if {
	input.nvidia
	input.nvidia["x-nvidia-gpu-arch-check"]
	input.nvidia["x-nvidia-gpu-attestation-report-cert-chain"]["x-nvidia-cert-status"] == "valid"
	input.nvidia["x-nvidia-gpu-attestation-report-cert-chain"]["x-nvidia-cert-ocsp-status"] == "good"
	input.nvidia["x-nvidia-gpu-attestation-report-cert-chain-fwid-match"]
	input.nvidia["x-nvidia-gpu-attestation-report-parsed"]
	input.nvidia["x-nvidia-gpu-attestation-report-signature-verified"]
}

# The sample device, for tests. Reference values are no longer found under data.reference, so this never holds.
hardware := 2 if {
	input.sampledevice.svn in data.reference.device_svn
}

# 3: firmware and driver measure as NVIDIA's reference manifests say.
executables := 3 if {
	input.nvidia.measres == "success"
	input.nvidia["x-nvidia-gpu-vbios-rim-cert-chain"]["x-nvidia-cert-status"] == "valid"
	input.nvidia["x-nvidia-gpu-vbios-rim-cert-chain"]["x-nvidia-cert-ocsp-status"] == "good"
	input.nvidia["x-nvidia-gpu-vbios-rim-fetched"]
	input.nvidia["x-nvidia-gpu-vbios-rim-schema-validated"]
	input.nvidia["x-nvidia-gpu-vbios-rim-signature-verified"]
	input.nvidia["x-nvidia-gpu-vbios-rim-version-match"]
	input.nvidia["x-nvidia-gpu-vbios-rim-measurements-available"]
	input.nvidia["x-nvidia-gpu-driver-rim-fetched"]
	input.nvidia["x-nvidia-gpu-driver-rim-schema-validated"]
	input.nvidia["x-nvidia-gpu-driver-rim-signature-verified"]
	input.nvidia["x-nvidia-gpu-driver-rim-version-match"]
	input.nvidia["x-nvidia-gpu-driver-rim-measurements-available"]
}

# 2: secure boot, debugging off, and versions that the operator of this Trustee allows.
# 3: the same without a list of versions.
configuration := 2 if {
	input.nvidia.secboot
	input.nvidia.dbgstat == "disabled"
	input.nvidia["x-nvidia-gpu-vbios-version"] in query_reference_value("allowed_vbios_versions")
	input.nvidia["x-nvidia-gpu-driver-version"] in query_reference_value("allowed_driver_versions")
} else := 3 if {
	input.nvidia.secboot
	input.nvidia.dbgstat == "disabled"
}
