package policy

import rego.v1

default allow := false

path := data["resource-path"]

evidence := input.submods.cpu0["ear.veraison.annotated-evidence"]

outside(value) if value < 2

outside(value) if value > 31

failed(submod) if {
	some claim in ["executables", "configuration", "hardware"]
	value := submod["ear.trustworthiness-vector"][claim]
	outside(value)
}

basic_checks if {
	count(input.submods) > 0
	not any_failed
}

any_failed if {
	some _, submod in input.submods
	failed(submod)
}

affirming if input.submods.cpu0["ear.status"] == "affirming"

allow if {
	path[1] == "p1-secret"
	affirming
	evidence.init_data == "aa11"
}

allow if {
	path[1] == "p2-secret"
	affirming
	evidence.init_data == "bb22"
}

allow if {
	not path[1] in {"p1-secret", "p2-secret"}
	basic_checks
	affirming
}
