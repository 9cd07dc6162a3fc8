#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace quantrail {

/// A SHA-256.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const Digest&) const = default;
  /// 64 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;
  /// The inverse of hex(); nothing when `text` is not 64 lower-case hexadecimal digits.
  [[nodiscard]] static std::optional<Digest> from_hex(std::string_view text);
};

/// SHA-256 over a sequence of typed fields. Every field is written with its length, so that
/// ("ab","c") and ("a","bc") differ. Equal on every machine: integers and floats are little endian.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  Hasher& add(std::string_view text);
  Hasher& add_bytes(std::span<const std::byte> bytes);
  Hasher& add(std::int64_t value);
  Hasher& add(double value);  ///< by its bits: 0.0 and -0.0 differ
  Hasher& add(const Digest& digest);
  /// The digest of all fields so far; the hasher must not be used afterwards.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Plain SHA-256 of `bytes` (what `sha256sum` prints).
[[nodiscard]] Digest sha256(std::span<const std::byte> bytes);
/// Plain SHA-256 of a file's content, read in blocks. Errors: InvalidInput when it cannot be read.
[[nodiscard]] Result<Digest> sha256_file(const std::filesystem::path& path);

}  // namespace quantrail
