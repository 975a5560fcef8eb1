package main

import (
	"syscall"

	libseccomp "github.com/seccomp/libseccomp-golang"
)

func SeccompExpansion(filter *libseccomp.ScmpFilter, stage string) (err error) {
	if stage == "after_script" {
		callID, _ := libseccomp.GetSyscallFromName("mkdir")
		err = filter.AddRule(callID, libseccomp.ActErrno.SetReturnCode(int16(syscall.EPERM)))
	}

	return err
}
