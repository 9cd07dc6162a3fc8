#include "data/gzip.h"

#include <zlib.h>

#include <algorithm>

namespace quantrail {
namespace {

constexpr std::size_t kStep = 1U << 20U;
/// zlib counts its input in 32 bits.
constexpr std::size_t kMostInput = 1U << 30U;

/// A gzip file as a stream of what it holds.
class Inflater {
 public:
  explicit Inflater(std::span<const std::byte> compressed)
      : rest_(compressed), ready_(inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK) {}
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `out` from its beginning; how much was written, which is less than all at the end only.
  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> out) {
    if (!ready_) return fail(Cause::Backend, "zlib cannot be initialised");
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out > 0) {
      refill();
      const int code = inflate(&stream_, Z_NO_FLUSH);
      if (code == Z_BUF_ERROR) return fail(Cause::InvalidInput, "the compressed file ends too early");
      if (code != Z_OK && code != Z_STREAM_END)
        return fail(Cause::InvalidInput, "the compressed file is damaged: {}",
                    stream_.msg != nullptr ? stream_.msg : zError(code));
      if (code != Z_STREAM_END) continue;
      if (stream_.avail_in == 0 && rest_.empty()) break;
      inflateReset(&stream_);
    }
    return out.size() - stream_.avail_out;
  }

 private:
  void refill() {
    if (stream_.avail_in > 0) return;
    const auto next = rest_.first(std::min(rest_.size(), kMostInput));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(next.data()));
    stream_.avail_in = static_cast<uInt>(next.size());
    rest_ = rest_.subspan(next.size());
  }

  std::span<const std::byte> rest_;
  z_stream stream_{};
  bool ready_;
};

}  // namespace

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1F} && bytes[1] == std::byte{0x8B};
}

Result<std::vector<std::byte>> gunzipped(std::span<const std::byte> compressed, std::size_t most) {
  Inflater inflater(compressed);
  std::vector<std::byte> out;
  while (out.size() < most) {
    const std::size_t before = out.size(), step = std::min(kStep, most - before);
    out.resize(before + step);
    const auto written = inflater.read(std::span(out).subspan(before));
    if (!written) return failed(written);
    out.resize(before + *written);
    if (*written < step) break;
  }
  return out;
}

}  // namespace quantrail
