#include "tracking/padded.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <utility>

#include "base/text.h"
#include "tracking/store_create.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

/// By the header's page size and number of pages (https://www.sqlite.org/fileformat.html, 1.3); 0 where it is none.
std::uint64_t length_by_header(const fs::path& database) {
  std::array<unsigned char, 32> header{};
  std::ifstream file(database, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(header.data()), header.size())) return 0;
  const auto big_endian = [&](std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t k = 0; k < bytes; ++k) value = value << 8U | header[at + k];
    return value;
  };
  const std::uint64_t page = big_endian(16, 2) == 1 ? 65536 : big_endian(16, 2);
  const bool sound = page >= 512 && (page & (page - 1)) == 0;
  constexpr std::uint64_t kMostPages = 1U << 24U;  // a header may be what is damaged
  const std::uint64_t pages = big_endian(28, 4);
  return sound && pages <= kMostPages ? page * pages : 0;
}

}  // namespace

Result<Padded> Padded::of(const fs::path& database) {
  std::error_code error;
  const std::uint64_t length = length_by_header(database);
  if (length <= fs::file_size(database, error) || error) return Padded(database, false);
  Padded copy(database.parent_path() / fmt::format(".new-whole-{}.db", random_id()), true);
  fs::copy_file(database, copy.path(), error);
  for (const char* suffix : {"-journal", "-wal"}) {
    std::error_code none;
    fs::copy_file(database.native() + suffix, copy.path().native() + suffix, none);
  }
  if (!error) fs::resize_file(copy.path(), length, error);
  if (error) return fail(Cause::Storage, "{}: {}", copy.path().string(), error.message());
  return copy;
}

Padded::Padded(Padded&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}

Padded::~Padded() {
  std::error_code ignored;
  if (!temporary_) return;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(path_.native() + suffix, ignored);
}

}  // namespace quantrail::tracking
