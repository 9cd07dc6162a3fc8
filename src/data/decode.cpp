#include "data/decode.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace quantrail {
namespace {

constexpr std::array<std::uint8_t, 3> kJpeg{0xFF, 0xD8, 0xFF};
constexpr std::array<std::uint8_t, 8> kPng{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

template <std::size_t N>
bool starts_with(std::span<const std::byte> bytes, const std::array<std::uint8_t, N>& magic) {
  return bytes.size() >= N && std::equal(magic.begin(), magic.end(), bytes.begin(),
                                         [](std::uint8_t a, std::byte b) { return std::byte{a} == b; });
}

}  // namespace

Result<Image> decode_image(std::span<const std::byte> bytes) {
  if (starts_with(bytes, kJpeg)) return decode_jpeg(bytes);
  if (starts_with(bytes, kPng)) return decode_png(bytes);
  if (bytes.empty()) return fail(Cause::InvalidInput, "the file is empty");
  return fail(Cause::InvalidInput, "is neither a JPEG nor a PNG image");
}

}  // namespace quantrail
