#include "base/hash.h"

#include <openssl/evp.h>

#include <bit>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace quantrail {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

int nibble(char digit) {
  const auto at = kDigits.find(digit);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context new_context() {
  Context context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available");
  return context;
}

void update(EVP_MD_CTX* context, const void* data, std::size_t size) {
  if (EVP_DigestUpdate(context, data, size) != 1) throw std::runtime_error("SHA-256 failed");
}

Digest final_digest(EVP_MD_CTX* context) {
  Digest digest;
  if (EVP_DigestFinal_ex(context, digest.bytes.data(), nullptr) != 1) throw std::runtime_error("SHA-256 failed");
  return digest;
}

}  // namespace

std::string Digest::hex() const {
  std::string text;
  text.reserve(64);
  for (const auto byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::optional<Digest> Digest::from_hex(std::string_view text) {
  if (text.size() != 64) return std::nullopt;
  Digest digest;
  for (std::size_t i = 0; i < 32; ++i) {
    const int high = nibble(text[2 * i]);
    const int low = nibble(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

struct Hasher::State {
  Context context = new_context();

  void field(char kind, const void* data, std::uint64_t size) {
    std::array<unsigned char, 9> head{};
    head[0] = static_cast<unsigned char>(kind);
    for (unsigned i = 0; i < 8; ++i) head[1 + i] = static_cast<unsigned char>(size >> (8 * i));
    update(context.get(), head.data(), head.size());
    update(context.get(), data, size);
  }
};

Hasher::Hasher() : state_(std::make_unique<State>()) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::add(std::string_view text) {
  state_->field('s', text.data(), text.size());
  return *this;
}

Hasher& Hasher::add_bytes(std::span<const std::byte> bytes) {
  state_->field('b', bytes.data(), bytes.size());
  return *this;
}

Hasher& Hasher::add(std::int64_t value) {
  std::array<unsigned char, 8> raw{};
  for (unsigned i = 0; i < 8; ++i) raw[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> (8 * i));
  state_->field('i', raw.data(), raw.size());
  return *this;
}

Hasher& Hasher::add(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  std::array<unsigned char, 8> raw{};
  for (unsigned i = 0; i < 8; ++i) raw[i] = static_cast<unsigned char>(bits >> (8 * i));
  state_->field('d', raw.data(), raw.size());
  return *this;
}

Hasher& Hasher::add(const Digest& digest) {
  state_->field('h', digest.bytes.data(), digest.bytes.size());
  return *this;
}

Digest Hasher::finish() { return final_digest(state_->context.get()); }

Digest sha256(std::span<const std::byte> bytes) {
  const Context context = new_context();
  update(context.get(), bytes.data(), bytes.size());
  return final_digest(context.get());
}

Result<Digest> sha256_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Cause::InvalidInput, "{}: cannot be opened", path.string());
  const Context context = new_context();
  std::vector<char> block(1U << 20U);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    update(context.get(), block.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return fail(Cause::InvalidInput, "{}: cannot be read", path.string());
  return final_digest(context.get());
}

}  // namespace quantrail
