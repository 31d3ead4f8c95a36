package traffic

import (
	"embed"
	"fmt"

	"golang.org/x/net/bpf"
)

// Filters are some, short and long, of those that people write for tcpdump.
var Filters = []Filter{
	{Name: "arp", Native: arp, Expression: "arp"},
	{Name: "web", Native: web, Expression: "tcp port 80 or tcp port 443"},
	{Name: "dns", Native: dns, Expression: "host 10.1.2.3 and udp port 53"},
	{Name: "flags", Native: flags, Expression: "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 and not net 192.168.0.0/16"},
	{Name: "get", Native: httpGet, Expression: "tcp port 80 and tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420"},
	{Name: "tunnel", Native: tunnel, Expression: "ip proto 47 or udp port 4789 or (vlan and ip6)"},
	{Name: "hosts", Native: hosts, Expression: "src host 10.0.0.1 or 10.7.13.2 or 10.14.26.3 or 10.21.39.4 or 10.28.52.5 or 10.35.65.6 or 10.42.78.7 " +
		"or 10.49.91.8 or 10.56.104.9 or 10.63.117.10 or 10.70.130.11 or 10.77.143.12 or 10.84.156.13 or " +
		"10.91.169.14 or 10.98.182.15 or 10.105.195.16 or 10.112.208.17 or 10.119.221.18 or 10.126.234.19 or " +
		"10.133.247.20"},
	{Name: "ports", Native: ports, Expression: "tcp and not (port 1000 or 1037 or 1074 or 1111 or 1148 or 1185 or 1222 or 1259 or 1296 or 1333 or " +
		"1370 or 1407 or 1444 or 1481 or 1518 or 1555)"},
}

// listings have for each filter what tcpdump -ddd -y EN10MB prints for the expression.
//
//go:embed filters/*.ddd
var listings embed.FS

// The listings are read once.
func init() {
	for i := range Filters {
		f := &Filters[i]
		file, err := listings.Open("filters/" + f.Name + ".ddd")
		if err != nil {
			panic(err)
		}
		n := 0
		_, err = fmt.Fscan(file, &n)
		f.Raw = make([]bpf.RawInstruction, n)
		for i := range f.Raw {
			if r := &f.Raw[i]; err == nil {
				_, err = fmt.Fscan(file, &r.Op, &r.Jt, &r.Jf, &r.K)
			}
		}
		if err != nil {
			panic(fmt.Sprintf("traffic: %s: %v", f.Name, err))
		}
		file.Close()
	}
}
