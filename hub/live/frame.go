package live

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// frameHead is the length of a frame's head: what it is, and its length.
const frameHead = 5

// appendFrame appends a frame to a message of a log.
func appendFrame(dst []byte, kind byte, content []byte) []byte {
	dst = append(dst, kind)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(content)))
	return append(dst, content...)
}

// errFrame says that a message of a log is no list of frames.
var errFrame = errors.New("the message is cut off")

// eachFrame calls take with each frame of a message.
func eachFrame(message []byte, take func(kind byte, content []byte) error) error {
	for len(message) > 0 {
		if len(message) < frameHead {
			return errFrame
		}
		n := binary.BigEndian.Uint32(message[1:])
		if uint64(n) > uint64(len(message)-frameHead) {
			return fmt.Errorf("%w: a frame of %d bytes", errFrame, n)
		}
		if err := take(message[0], message[frameHead:frameHead+int(n)]); err != nil {
			return err
		}
		message = message[frameHead+int(n):]
	}
	return nil
}
