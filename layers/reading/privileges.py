"""Giving up what the reading child never needs: root's privileges, and system calls no file format asks for.

Works for root and for others. Nothing given up here comes back, for this process or any it starts.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SET_NO_NEW_PRIVS, _DROP_FROM_BOUNDING_SET, _SET_SECCOMP, _GET_SECCOMP = 38, 24, 22, 21
_FILTER = 2
_CAPABILITY_VERSION = 0x20080522
_NEWEST_CAPABILITY = 63
# Root keeps this one: the program or the home may lie in a folder that only its owner may enter.
_READ_AND_SEARCH = 2

# System calls that are refused, with their numbers on x86_64 and on aarch64: sockets of any kind, new programs,
# signals to others, looking into other processes, mounting, and doors of the kernel that exploits like.
_CALLS: Mapping[str, tuple[int, int]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "bind": (49, 200),
    "listen": (50, 201),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "setns": (308, 268),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "io_uring_setup": (425, 425),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
}
# Each machine's number in the kernel's audit, and its place in the table above.
_MACHINES: Mapping[str, tuple[int, int]] = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _MACHINE_AT = 0, 4
# On x86_64 a second set of numbers starts here, for the same calls.
_X32 = 0x40000000


class _Program(ctypes.Structure):
    """`struct sock_fprog`: a filter and how many instructions it has."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def give_up_privileges() -> None:
    """No privileges but reading for root, none for others, and no program that would bring any back."""
    libc = ctypes.CDLL(None, use_errno=True)
    kept = 1 << _READ_AND_SEARCH if os.geteuid() == 0 else 0
    for number in range(_NEWEST_CAPABILITY + 1):
        # Refused for want of privilege, or for a number the kernel does not know: nothing is left to give up.
        if not kept >> number & 1:
            libc.prctl(_DROP_FROM_BOUNDING_SET, number, 0, 0, 0)
    header = _CapabilityHeader(_CAPABILITY_VERSION, 0)
    words = (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)
    _check(libc.capset(ctypes.byref(header), ctypes.byref(words)))
    _check(libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def refuse_calls() -> bool:
    """Refuse sockets, new programs and the like from now on, by seccomp; False where that is not to be had.

    Needs `no_new_privs`, so `give_up_privileges` comes first.
    """
    if not can_refuse_calls():
        return False
    machine, place = _MACHINES[platform.machine()]
    program = build_filter(machine, tuple(numbers[place] for numbers in _CALLS.values()))
    wanted = _Program(len(program) // 8, program)
    _check(ctypes.CDLL(None, use_errno=True).prctl(_SET_SECCOMP, _FILTER, ctypes.byref(wanted), 0, 0))
    return True


def can_refuse_calls() -> bool:
    """True when this machine's calls are known here and its kernel has seccomp."""
    if platform.machine() not in _MACHINES or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    return int(ctypes.CDLL(None, use_errno=True).prctl(_GET_SECCOMP, 0, 0, 0, 0)) >= 0


def build_filter(machine: int, calls: tuple[int, ...]) -> bytes:
    """A BPF program that answers these calls with EPERM, and ends the process on another machine's calls."""
    lines = [(_LOAD, 0, 0, _MACHINE_AT), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL)]
    lines += [(_LOAD, 0, 0, _NUMBER_AT), (_AT_LEAST, len(calls) + 1, 0, _X32)]
    lines += [(_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    lines += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _check(answer: int) -> None:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
