#include "tui/clipboard.h"

namespace quantrail::tui {
namespace {

constexpr std::size_t kLongest = 74'000;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648, section 4.
std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    unsigned block = 0;
    for (std::size_t k = 0; k < 3; ++k)
      block = block << 8U | (at + k < bytes.size() ? static_cast<unsigned char>(bytes[at + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += at + k > bytes.size() ? '=' : kLetters[block >> (18U - 6U * k) & 63U];
  }
  return out;
}

}  // namespace

std::string clipboard_sequence(std::string_view text, std::string_view term) {
  const std::string encoded = base64(text);
  if (encoded.size() > kLongest) return {};
  const std::string sequence = "\033]52;c;" + encoded + "\a";
  return term.starts_with("screen") ? "\033P" + sequence + "\033\\" : sequence;
}

}  // namespace quantrail::tui
