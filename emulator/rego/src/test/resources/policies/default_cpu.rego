# Appraises CPU evidence of Azure confidential VMs by their boot measurements.
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

##### az-snp-vtpm

executables := 3 if {
	input["az-snp-vtpm"]

	input["az-snp-vtpm"].tpm.pcr03 in query_reference_value("snp_pcr03")
	input["az-snp-vtpm"].tpm.pcr08 in query_reference_value("snp_pcr08")
	input["az-snp-vtpm"].tpm.pcr09 in query_reference_value("snp_pcr09")
	input["az-snp-vtpm"].tpm.pcr11 in query_reference_value("snp_pcr11")
	input["az-snp-vtpm"].tpm.pcr12 in query_reference_value("snp_pcr12")
}

hardware := 2 if {
	input["az-snp-vtpm"]
}

configuration := 2 if {
	input["az-snp-vtpm"]
}

##### az-tdx-vtpm

executables := 3 if {
	input["az-tdx-vtpm"]

	input["az-tdx-vtpm"].tpm.pcr03 in query_reference_value("tdx_pcr03")
	input["az-tdx-vtpm"].tpm.pcr08 in query_reference_value("tdx_pcr08")
	input["az-tdx-vtpm"].tpm.pcr09 in query_reference_value("tdx_pcr09")
	input["az-tdx-vtpm"].tpm.pcr11 in query_reference_value("tdx_pcr11")
	input["az-tdx-vtpm"].tpm.pcr12 in query_reference_value("tdx_pcr12")
}

hardware := 2 if {
	input["az-tdx-vtpm"]
	input["az-tdx-vtpm"].quote.header.tee_type == "81000000"
	input["az-tdx-vtpm"].quote.header.vendor_id == "939a7233f79c4ca9940a0db3957f0607"
	input["az-tdx-vtpm"].tcb_status == "UpToDate"
}

configuration := 2 if {
	input["az-tdx-vtpm"]
}

##### sample

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

##### identifiers

pod_containers := input.init_data_claims.agent_policy_claims.containers

image_names := [name | name := pod_containers[_].OCI.Annotations["io.kubernetes.cri.image-name"]]

user_ids := [uid | uid := pod_containers[_].OCI.Process.User.UID]

images_part := {"container_images": image_names} if {
	count(image_names) > 0
} else := {}

users_part := {"container_uids": user_ids} if {
	count(user_ids) > 0
}

else := {}

extensions := [{
	"name": "ear.trustee.identifiers",
	"key": -18,
	"value": {"validated": object.union_n([images_part, users_part])},
}]
