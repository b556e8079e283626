/** Compiled rules: how they are made from syntax trees and how they run. Internal to the module. */
package dev.cocolab.rego.plan;
