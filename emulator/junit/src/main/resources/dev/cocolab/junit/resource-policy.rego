# A resource is for guests that were affirmed in every part.
package policy

import rego.v1

default allow := false

allow if {
	count(input.submods) > 0
	every device in input.submods {
		device["ear.status"] == "affirming"
	}
}
