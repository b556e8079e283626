# The class is there only when processors and switches form a protected topology, which
# is all that is said of it here; each device has a part of its own.
# Appraises protected PCIe topologies. Values follow AR4SI: 2 and 3 are affirming, 33 and 36 are warnings,
# 97 is contraindicated. What no rule below vouches for keeps its default.
package policy

import rego.v1

default executables := 0

default hardware := 0

default configuration := 2

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
