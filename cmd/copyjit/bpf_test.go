package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// arpListing is what tcpdump -ddd prints for arp.
const arpListing = "4\n40 0 0 12\n21 0 1 2054\n6 0 0 262144\n6 0 0 0\n"

// capturePackets are three packets of 60 bytes, of which the second and the third
// are ARP and the third is cut off before it says so.
func capturePackets() (list []packet) {
	for i := range 3 {
		data := make([]byte, 60)
		data[12] = 0x08
		if i != 0 {
			data[13] = 0x06
		}
		list = append(list, packet{data, 60})
	}
	list[2].data = list[2].data[:13]
	return list
}

// writeCapture makes a pcap file, or a pcapng file.
func writeCapture(t *testing.T, ng bool, packets []packet) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "capture")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var w interface {
		WritePacket(gopacket.CaptureInfo, []byte) error
	}
	if ng {
		n, err := pcapgo.NewNgWriter(f, layers.LinkTypeEthernet)
		if err != nil {
			t.Fatal(err)
		}
		defer n.Flush()
		w = n
	} else {
		p := pcapgo.NewWriter(f)
		if err := p.WriteFileHeader(65536, layers.LinkTypeEthernet); err != nil {
			t.Fatal(err)
		}
		w = p
	}
	for _, p := range packets {
		info := gopacket.CaptureInfo{Timestamp: time.Unix(1, 0), CaptureLength: len(p.data), Length: p.wire}
		if err := w.WritePacket(info, p.data); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

func init() { leastTime = time.Millisecond }

// rows are the lines that bpf prints of how fast it is.
func rows() string {
	const figure = ` +\d+\.\d ns/packet *\n`
	if !native() {
		return ` *interpreter` + figure + ` *x/net/bpf` + figure + "not compiled: .*\n"
	}
	return ` *interpreter` + figure + ` *compiled` + figure + ` *x/net/bpf` + figure
}

// TestBPF runs filters over captures of both formats.
func TestBPF(t *testing.T) {
	arp := write(t, "arp.ddd", arpListing)
	ldxLen := write(t, "len.ddd", "3\n129 0 0 0\n135 0 0 0\n22 0 0 0\n") // which x/net takes for ld #len
	strange := write(t, "cpu.ddd", "3\n128 0 0 0\n36 0 0 4294967295\n22 0 0 0\n")
	for _, ng := range []bool{false, true} {
		file := writeCapture(t, ng, capturePackets())
		for _, test := range []struct {
			filter, want string
		}{
			{arp, `^3 packets, 1 accepted\n` + rows() + `$`},
			{ldxLen, `^3 packets, 3 accepted\n` + rows() + `x/net/bpf has other results for 3 packets: it does not follow the kernel\n$`},
			{strange, `^3 packets, 3 accepted\n` + rows() + `x/net/bpf has other results for 1 packet: it does not follow the kernel\n$`},
		} {
			got := copyjit("bpf", test.filter, file)
			if ok, err := regexp.MatchString(test.want, got.stdout); !ok || err != nil || got.status != 0 || got.stderr != "" {
				t.Errorf("%s: %+v, want %s (%v)", filepath.Base(test.filter), got, test.want, err)
			}
		}
		empty := writeCapture(t, ng, nil)
		prints(t, "0 packets, 0 accepted\n", "bpf", arp, empty)
	}
}

// TestBPFProgress runs over a capture that is long, for once.
func TestBPFProgress(t *testing.T) {
	packets, after := batchPackets, progressAfter
	batchPackets, progressAfter = 100, 0
	defer func() { batchPackets, progressAfter = packets, after }()
	var list []packet
	for range 100 {
		list = append(list, capturePackets()...)
	}
	got := copyjit("bpf", write(t, "arp.ddd", arpListing), writeCapture(t, false, list))
	if ok, _ := regexp.MatchString(`^100 packets, \d+ %, \d+ s\n200 packets, \d+ %, \d+ s\n300 packets, 100 %, \d+ s\n$`, got.stderr); !ok {
		t.Errorf("stderr %q", got.stderr)
	}
	if !strings.HasPrefix(got.stdout, "300 packets, 100 accepted\n") || got.status != 0 {
		t.Errorf("%+v", got)
	}
}

// TestBPFExpression compiles an expression with tcpdump.
func TestBPFExpression(t *testing.T) {
	if _, err := exec.LookPath("tcpdump"); err != nil {
		fails(t, 1, []string{"tcpdump", "not installed"}, "bpf", "-expr", "arp", writeCapture(t, false, nil))
		t.Skip("tcpdump is not installed")
	}
	for _, ng := range []bool{false, true} {
		file := writeCapture(t, ng, capturePackets())
		for expression, accepted := range map[string]string{"arp": "1", "not arp": "1", "": "3", "len = 60": "3"} {
			got := copyjit("bpf", "-expr", expression, file)
			if !strings.HasPrefix(got.stdout, "3 packets, "+accepted+" accepted\n") || got.status != 0 {
				t.Errorf("%q: %+v, want %s accepted", expression, got, accepted)
			}
		}
		fails(t, 1, []string{`"bogus("`, "syntax error"}, "bpf", "-expr", "bogus(", file)
	}
}

// TestBPFMistakes reads the errors.
func TestBPFMistakes(t *testing.T) {
	arp := write(t, "arp.ddd", arpListing)
	file := writeCapture(t, false, capturePackets())
	listing := func(text string) string { return write(t, "filter.ddd", text) }
	for _, test := range []struct {
		status int
		parts  []string
		args   []string
	}{
		{2, []string{"want a filter and a capture file", "0 arguments"}, nil},
		{2, []string{"1 argument"}, []string{arp}},
		{2, []string{"3 arguments"}, []string{arp, file, file}},
		{1, []string{"none.pcap: no such file"}, []string{arp, "none.pcap"}},
		{1, []string{"none.ddd: no such file"}, []string{"none.ddd", file}},
		{1, []string{"is a directory"}, []string{t.TempDir(), file}},
		{1, []string{"is a directory", "want a pcap or pcapng file"}, []string{arp, t.TempDir()}},
		{1, []string{"too short", "want a pcap or pcapng file"}, []string{arp, write(t, "short", "ab")}},
		{1, []string{"want a pcap or pcapng file"}, []string{arp, arp}},
		{1, []string{"filter.ddd:1:", "number of instructions"}, []string{listing("x\n"), file}},
		{1, []string{"filter.ddd:1:", "number of instructions"}, []string{listing("1 2\n"), file}},
		{1, []string{"filter.ddd: 0 instructions, want 0"}, []string{listing(""), file}},
		{1, []string{"filter.ddd: 1 instruction, want 2"}, []string{listing("2\n6 0 0 0\n"), file}},
		{1, []string{"filter.ddd: 2 instructions, want 1"}, []string{listing("1\n6 0 0 0\n6 0 0 0\n"), file}},
		{1, []string{"filter.ddd: the filter has no instructions"}, []string{listing("0\n"), file}},
		{1, []string{"filter.ddd:3: 3 numbers, want code, jt, jf and k"}, []string{listing("2\n6 0 0 0\n6 0 0\n"), file}},
		{1, []string{"filter.ddd:2: jf is \"256\"", "from 0 to 255"}, []string{listing("1\n21 0 256 0\n"), file}},
		{1, []string{"filter.ddd:2: k is \"-1\"", "from 0 to 4294967295"}, []string{listing("1\n6 0 0 -1\n"), file}},
		{1, []string{"filter.ddd:4: a jump over 9 instructions, 1 are left"}, []string{listing("3\n\n6 0 0 0\n21 9 0 0\n6 0 0 0\n"), file}},
		{1, []string{"filter.ddd:2: the extension cpu needs the kernel"}, []string{listing("2\n32 0 0 4294963236\n6 0 0 0\n"), file}},
		{1, []string{"has more than"}, []string{listing(strings.Repeat("6 0 0 0\n", 1<<18)), file}},
	} {
		fails(t, test.status, test.parts, append([]string{"bpf"}, test.args...)...)
	}
}

// TestBPFCutOff reads captures that end in the middle of a packet, or of their
// header, and such as have no meaning.
func TestBPFCutOff(t *testing.T) {
	arp := write(t, "arp.ddd", arpListing)
	for _, ng := range []bool{false, true} {
		whole, err := os.ReadFile(writeCapture(t, ng, capturePackets()))
		if err != nil {
			t.Fatal(err)
		}
		for n := range whole {
			file := write(t, "cut", string(whole[:n]))
			got := copyjit("bpf", arp, file)
			if got.status > 1 || got.status == 1 && strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("ng = %v, %d bytes: %+v", ng, n, got)
			}
			if got.status == 0 && bytes.HasPrefix([]byte(got.stdout), []byte("3 ")) {
				t.Errorf("ng = %v, %d bytes of %d: three packets", ng, n, len(whole))
			}
			bad := bytes.Clone(whole)
			bad[n] ^= 0xff
			if got := copyjit("bpf", arp, write(t, "bad", string(bad))); got.status > 1 {
				t.Errorf("ng = %v, byte %d inverted: %+v", ng, n, got)
			}
		}
	}
}
