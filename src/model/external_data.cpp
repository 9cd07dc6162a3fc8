#include "model/external_data.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

#include "base/text.h"

namespace quantrail {
namespace {

std::optional<std::uint64_t> number(const std::string& text, std::uint64_t otherwise) {
  if (text.empty()) return otherwise;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool stays_below(const std::filesystem::path& path) {
  return !path.empty() && path.is_relative() && std::find(path.begin(), path.end(), "..") == path.end();
}

bool has_prefix(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

}  // namespace

Result<std::filesystem::path> ExternalData::resolved(const std::string& location) {
  if (const auto known = files_.find(location); known != files_.end()) return known->second;
  const auto refused = [&](std::string_view why) {
    return fail(Cause::InvalidInput, "external data file '{}' {}", printable(location), why);
  };
  if (folder_.empty()) return refused("cannot be read, since the model is not in a file");
  if (location.find('\0') != std::string::npos || !stays_below(location)) {
    return refused("is not a path below the model's folder");
  }
  std::error_code error;
  const auto folder = std::filesystem::canonical(folder_, error);
  if (error) return refused("cannot be found");
  const auto path = std::filesystem::canonical(folder / location, error);
  if (error) return refused("cannot be found");
  if (!has_prefix(path, folder)) return refused("is a link that leaves the model's folder");
  if (!std::filesystem::is_regular_file(path, error)) return refused("is not a regular file");
  files_.emplace(location, path);
  return path;
}

Result<std::vector<std::byte>> ExternalData::read(const ExternalLocation& where, std::uint64_t bytes) {
  const auto path = resolved(where.file);
  if (!path) return failed(path);
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(*path, error);
  if (error) return fail(Cause::InvalidInput, "{}: {}", path->string(), error.message());
  const auto offset = number(where.offset, 0);
  if (!offset || *offset > size) {
    return fail(Cause::InvalidInput, "external data offset '{}' lies outside {} ({} bytes)", printable(where.offset),
                path->string(), size);
  }
  const auto length = number(where.length, size - *offset);
  if (!length || *length > size - *offset) {
    return fail(Cause::InvalidInput, "external data length '{}' at offset {} exceeds {} ({} bytes)",
                printable(where.length), *offset, path->string(), size);
  }
  if (*length < bytes || (!where.length.empty() && *length != bytes)) {
    return fail(Cause::InvalidInput, "{} bytes of external data where the shape needs {}", *length, bytes);
  }
  std::vector<std::byte> content(bytes);
  std::ifstream file(*path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(*offset));
  if (!file.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(bytes))) {
    return fail(Cause::InvalidInput, "{}: cannot be read", path->string());
  }
  return content;
}

}  // namespace quantrail
