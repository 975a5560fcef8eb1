// The start of a program that sets up its seccomp filter as jacamar-auth does:
// default rules, the configured lists, a Go plugin, load, and then the driver.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"plugin"
	"syscall"

	"github.com/BurntSushi/toml"
	libseccomp "github.com/seccomp/libseccomp-golang"
)

const usage = "host exec CONFIGURATION STAGE DRIVER [ARG...] | host export DEFAULT"

var refuse = libseccomp.ActErrno.SetReturnCode(int16(syscall.EPERM))

// The keys that both programs know, of the same file.
type configuration struct {
	Auth struct {
		Seccomp struct {
			BlockAll         bool     `toml:"block_all"`
			AllowCalls       []string `toml:"allow_calls"`
			BlockCalls       []string `toml:"block_calls"`
			ValidationPlugin string   `toml:"validation_plugin"`
		} `toml:"seccomp"`
	} `toml:"auth"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "unable to establish seccomp filter:", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 3 && args[0] == "exec":
		return start(args[1], args[2], args[3:])
	case len(args) == 2 && args[0] == "export":
		return export(args[1])
	default:
		return errors.New(usage)
	}
}

// Becomes the driver under the filter of a configuration at a stage.
func start(file, stage string, driver []string) error {
	var config configuration
	if _, err := toml.DecodeFile(file, &config); err != nil {
		return err
	}
	filter, err := build(&config)
	if err != nil {
		return err
	}
	if path := config.Auth.Seccomp.ValidationPlugin; path != "" {
		if err := expand(path, filter, stage); err != nil {
			return fmt.Errorf("plugin error: %w", err)
		}
	}
	// The privileged program keeps setuid programs working for the job.
	if err := filter.SetNoNewPrivsBit(false); err != nil {
		return err
	}
	if err := filter.Load(); err != nil {
		return err
	}
	return syscall.Exec(driver[0], driver, os.Environ())
}

// The default rules and the configured lists.
func build(config *configuration) (*libseccomp.ScmpFilter, error) {
	seccomp := &config.Auth.Seccomp
	action, calls, answer := libseccomp.ActAllow, seccomp.BlockCalls, refuse
	if seccomp.BlockAll {
		action, calls, answer = refuse, seccomp.AllowCalls, libseccomp.ActAllow
	}
	filter, err := libseccomp.NewFilter(action)
	if err != nil {
		return nil, err
	}
	if !seccomp.BlockAll {
		if err := refuseInjection(filter); err != nil {
			return nil, err
		}
	}
	for _, name := range calls {
		call, err := libseccomp.GetSyscallFromName(name)
		if err != nil {
			return nil, err
		}
		if err := filter.AddRule(call, answer); err != nil {
			return nil, err
		}
	}
	return filter, nil
}

// Refuses ioctl requests that type into a terminal: TIOCSTI and TIOCLINUX.
func refuseInjection(filter *libseccomp.ScmpFilter) error {
	call, err := libseccomp.GetSyscallFromName("ioctl")
	if err != nil {
		return err
	}
	for _, request := range []uint64{0x5412, 0x541c} {
		condition, err := libseccomp.MakeCondition(1, libseccomp.CompareMaskedEqual, 0xffffffff, request)
		if err != nil {
			return err
		}
		conditions := []libseccomp.ScmpCondition{condition}
		if err := filter.AddRuleConditional(call, refuse, conditions); err != nil {
			return err
		}
	}
	return nil
}

func expand(path string, filter *libseccomp.ScmpFilter, stage string) error {
	opened, err := plugin.Open(path)
	if err != nil {
		return err
	}
	symbol, err := opened.Lookup("SeccompExpansion")
	if err != nil {
		return err
	}
	expansion, ok := symbol.(func(*libseccomp.ScmpFilter, string) error)
	if !ok {
		return fmt.Errorf("%s: SeccompExpansion has another type", path)
	}
	return expansion(filter, stage)
}

// Writes the program of the rules on standard input: a line each, a call's
// number, or that and the comparison, mask or value, and value of argument 1.
func export(standard string) error {
	action, answer := libseccomp.ActAllow, refuse
	if standard == "refuse" {
		action, answer = refuse, libseccomp.ActAllow
	}
	filter, err := libseccomp.NewFilter(action)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := add(filter, lines.Text(), answer); err != nil {
			return fmt.Errorf("%q: %w", lines.Text(), err)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return filter.ExportBPF(os.Stdout)
}

func add(filter *libseccomp.ScmpFilter, line string, action libseccomp.ScmpAction) error {
	var call libseccomp.ScmpSyscall
	var compare libseccomp.ScmpCompareOp
	var one, two uint64
	count, err := fmt.Sscan(line, &call, &compare, &one, &two)
	if count == 1 {
		return filter.AddRule(call, action)
	}
	if err != nil {
		return err
	}
	condition, err := libseccomp.MakeCondition(1, compare, one, two)
	if err != nil {
		return err
	}
	return filter.AddRuleConditional(call, action, []libseccomp.ScmpCondition{condition})
}
