package traffic

import "encoding/binary"

// The filters in Go, as somebody would write them who looks up where the fields are.

func be16(p []byte, at int) int    { return int(binary.BigEndian.Uint16(p[at:])) }
func be32(p []byte, at int) uint32 { return binary.BigEndian.Uint32(p[at:]) }

// etherType returns the type of an Ethernet frame, −1 if it is cut off.
func etherType(p []byte) int {
	if len(p) < 14 {
		return -1
	}
	return be16(p, 12)
}

// portsOf returns the ports of a packet of that protocol on IPv4 or IPv6, and where
// its header is.
func portsOf(p []byte, protocol byte) (src, dst, header int, ok bool) {
	switch etherType(p) {
	case 0x0800:
		if len(p) < 24 || p[23] != protocol || be16(p, 20)&0x1fff != 0 {
			return 0, 0, 0, false
		}
		header = 14 + int(p[14]&15)*4
	case 0x86dd:
		if len(p) < 21 || p[20] != protocol {
			return 0, 0, 0, false
		}
		header = 54
	default:
		return 0, 0, 0, false
	}
	if len(p) < header+4 {
		return 0, 0, 0, false
	}
	return be16(p, header), be16(p, header+2), header, true
}

func arp(p []byte) bool { return etherType(p) == 0x0806 }

func web(p []byte) bool {
	src, dst, _, ok := portsOf(p, 6)
	return ok && (src == 80 || dst == 80 || src == 443 || dst == 443)
}

func dns(p []byte) bool {
	const host = 10<<24 | 1<<16 | 2<<8 | 3
	if etherType(p) != 0x0800 || len(p) < 34 || be32(p, 26) != host && be32(p, 30) != host {
		return false
	}
	src, dst, _, ok := portsOf(p, 17)
	return ok && (src == 53 || dst == 53)
}

func flags(p []byte) bool {
	if etherType(p) != 0x0800 || len(p) < 34 || p[23] != 6 || be16(p, 20)&0x1fff != 0 {
		return false
	}
	at := 14 + int(p[14]&15)*4 + 13
	if len(p) <= at || p[at]&3 == 0 {
		return false
	}
	return be16(p, 26) != 0xc0a8 && be16(p, 30) != 0xc0a8
}

func httpGet(p []byte) bool {
	src, dst, header, ok := portsOf(p, 6)
	if !ok || src != 80 && dst != 80 || etherType(p) != 0x0800 || len(p) < header+13 {
		return false
	}
	data := header + int(p[header+12]&0xf0)>>2
	return len(p) >= data+4 && be32(p, data) == 0x47455420
}

func tunnel(p []byte) bool {
	kind := etherType(p)
	switch kind {
	case 0x8100, 0x88a8, 0x9100:
		return len(p) >= 18 && be16(p, 16) == 0x86dd
	case 0x0800:
		if len(p) >= 24 && p[23] == 47 {
			return true
		}
	}
	src, dst, _, ok := portsOf(p, 17)
	return ok && (src == 4789 || dst == 4789)
}

var hostSet = func() map[uint32]bool {
	set := map[uint32]bool{}
	for i := range uint32(20) {
		set[10<<24|i*7%250<<16|i*13%250<<8|(i+1)] = true
	}
	return set
}()

func hosts(p []byte) bool {
	switch kind := etherType(p); {
	case kind == 0x0800 && len(p) >= 30:
		return hostSet[be32(p, 26)]
	case (kind == 0x0806 || kind == 0x8035) && len(p) >= 32:
		return hostSet[be32(p, 28)]
	}
	return false
}

func listed(port int) bool { return port >= 1000 && port <= 1555 && (port-1000)%37 == 0 }

func ports(p []byte) bool {
	switch etherType(p) {
	case 0x0800:
		if len(p) < 24 || p[23] != 6 {
			return false
		}
		if be16(p, 20)&0x1fff != 0 {
			return true // no ports to exclude
		}
	case 0x86dd:
		if len(p) < 21 || p[20] != 6 {
			return false
		}
	default:
		return false
	}
	src, dst, _, ok := portsOf(p, 6)
	return ok && !listed(src) && !listed(dst)
}
