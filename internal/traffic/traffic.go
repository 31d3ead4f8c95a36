// Package traffic has packet filters and packets to run them over: the workload of
// benchmarks.
package traffic

import (
	"encoding/binary"
	"math/rand/v2"

	"golang.org/x/net/bpf"
)

// A Filter is a packet filter in three languages.
type Filter struct {
	Name       string
	Expression string // tcpdump's
	Raw        []bpf.RawInstruction
	Native     func(p []byte) bool // as one would write it in Go
}

// Instructions returns the filter for x/net/bpf.
func (f *Filter) Instructions() []bpf.Instruction {
	insns, all := bpf.Disassemble(f.Raw)
	if !all {
		panic("traffic: x/net/bpf does not know an instruction of " + f.Name)
	}
	return insns
}

// Packets returns n packets, always the same: of each eight about three are TCP on
// IPv4 with some data, two UDP, one TCP on IPv6, one is in a VLAN, one is ARP; one in
// 40 is cut off in the Ethernet header.
func Packets(n int) (list [][]byte) {
	random := rand.New(rand.NewPCG(7, 7))
	for i := range n {
		var p []byte
		switch i % 8 {
		case 0, 1, 2:
			p = ethernet(nil, 0x0800, ipv4(random, 6, tcp(random)))
		case 3, 4:
			p = ethernet(nil, 0x0800, ipv4(random, 17, udp(random)))
		case 5:
			p = ethernet(nil, 0x86dd, ipv6(random, 6, tcp(random)))
		case 6:
			p = ethernet([]byte{0x81, 0, 0, 5}, 0x86dd, ipv6(random, 17, udp(random)))
		case 7:
			p = ethernet(nil, 0x0806, make([]byte, 46))
		}
		if random.IntN(40) == 0 {
			p = p[:random.IntN(14)]
		}
		list = append(list, p)
	}
	return list
}

func ethernet(tag []byte, kind uint16, payload []byte) []byte {
	p := append(make([]byte, 12), tag...)
	return append(binary.BigEndian.AppendUint16(p, kind), payload...)
}

// address returns one of few addresses, so that filters find some.
func address(random *rand.Rand) []byte {
	switch random.IntN(4) {
	case 0:
		return []byte{10, 1, 2, 3}
	case 1:
		i := random.IntN(40)
		return []byte{10, byte(i * 7 % 250), byte(i * 13 % 250), byte(i + 1)}
	case 2:
		return []byte{192, 168, 0, byte(random.IntN(256))}
	}
	return []byte{172, 16, byte(random.IntN(256)), byte(random.IntN(256))}
}

func ipv4(random *rand.Rand, protocol byte, payload []byte) []byte {
	p := make([]byte, 20, 20+len(payload))
	p[0], p[8], p[9] = 0x45, 64, protocol
	if random.IntN(20) == 0 {
		p[6], p[7] = 0x00, 0x10 // a fragment, not the first
	}
	binary.BigEndian.PutUint16(p[2:], uint16(20+len(payload)))
	copy(p[12:], address(random))
	copy(p[16:], address(random))
	return append(p, payload...)
}

func ipv6(random *rand.Rand, next byte, payload []byte) []byte {
	p := make([]byte, 40, 40+len(payload))
	p[0], p[6], p[7] = 0x60, next, 64
	binary.BigEndian.PutUint16(p[4:], uint16(len(payload)))
	for i := 8; i < 40; i++ {
		p[i] = byte(random.Uint32())
	}
	return append(p, payload...)
}

// port returns one of few ports.
func port(random *rand.Rand) uint16 {
	return [...]uint16{80, 443, 53, 4789, 22, 1037, 1555, uint16(20000 + random.IntN(20000))}[random.IntN(8)]
}

func ports2(random *rand.Rand, header []byte) {
	binary.BigEndian.PutUint16(header, port(random))
	binary.BigEndian.PutUint16(header[2:], port(random))
}

func tcp(random *rand.Rand) []byte {
	p := make([]byte, 20)
	ports2(random, p)
	p[12], p[13] = 5<<4, [...]byte{0x02, 0x10, 0x18, 0x11}[random.IntN(4)]
	return append(p, [...]string{"", "GET / HTTP/1.1\r\n\r\n", "\x17\x03\x03"}[random.IntN(3)]...)
}

func udp(random *rand.Rand) []byte {
	p := make([]byte, 8+random.IntN(64))
	ports2(random, p)
	return p
}
