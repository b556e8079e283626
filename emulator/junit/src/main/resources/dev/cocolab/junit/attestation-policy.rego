# Affirms a guest on Azure's SEV-SNP whose firmware, initdata, kernel and command line are registered.
# Values follow AR4SI: 2 and 3 affirm, 33 and 36 warn, 97 contradicts.
package policy

import rego.v1

default executables := 33

default hardware := 97

default configuration := 36

executables := 3 if {
	input["az-snp-vtpm"].tpm.pcr03 in query_reference_value("snp_pcr03")
	input["az-snp-vtpm"].tpm.pcr08 in query_reference_value("snp_pcr08")
	input["az-snp-vtpm"].tpm.pcr09 in query_reference_value("snp_pcr09")
	input["az-snp-vtpm"].tpm.pcr11 in query_reference_value("snp_pcr11")
	input["az-snp-vtpm"].tpm.pcr12 in query_reference_value("snp_pcr12")
}

hardware := 2 if input["az-snp-vtpm"]

configuration := 2 if input["az-snp-vtpm"]

trust_claims := {
	"executables": executables,
	"hardware": hardware,
	"configuration": configuration,
	"file-system": 0,
	"instance-identity": 0,
	"runtime-opaque": 0,
	"storage-opaque": 0,
	"sourced-data": 0,
}
