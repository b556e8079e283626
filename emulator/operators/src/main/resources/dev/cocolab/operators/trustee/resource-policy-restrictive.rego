# Who gets a resource: only a guest whose attestation token says that what runs in it (executables), how it is
# set up (configuration) and what it runs on (hardware) were all recognised.
#
# `input` is the token. Each entry of `input.submods` is one attested device, for example "cpu0", with its
# trustworthiness vector (AR4SI). Values from 2 to 31 are affirming.
package policy

import rego.v1

default allow = false

allow if {
	count(input.submods) > 0
	not executables_doubtful
	not configuration_doubtful
	not hardware_doubtful
}

executables_doubtful if {
	some _, device in input.submods
	value := device["ear.trustworthiness-vector"].executables
	not affirming(value)
}

configuration_doubtful if {
	some _, device in input.submods
	value := device["ear.trustworthiness-vector"].configuration
	not affirming(value)
}

hardware_doubtful if {
	some _, device in input.submods
	value := device["ear.trustworthiness-vector"].hardware
	not affirming(value)
}

affirming(value) if {
	value >= 2
	value <= 31
}
