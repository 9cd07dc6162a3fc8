#include "base/temporary_folder.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace quantrail {

namespace fs = std::filesystem;

Result<TemporaryFolder> TemporaryFolder::made(std::string_view what) {
  std::error_code failure;
  const fs::path place = fs::temp_directory_path(failure);
  if (!failure) remove_abandoned(place, fmt::format("{}-", what));
  std::string pattern = (place / fmt::format("{}-XXXXXX", what)).string();
  if (!failure && ::mkdtemp(pattern.data()) != nullptr) return TemporaryFolder(pattern);
  if (!failure) failure.assign(errno, std::generic_category());
  const char* wanted = std::getenv("TMPDIR");
  return fail(Cause::Storage, "{}: no temporary folder can be made there: {}; TMPDIR may name another place",
              printable(place.empty() && wanted != nullptr ? wanted : place.string()), failure.message());
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), mark_(std::move(other.mark_)) {}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::exchange(other.path_, {});
    mark_ = std::move(other.mark_);
  }
  return *this;
}

void TemporaryFolder::remove() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  path_.clear();
}

}  // namespace quantrail
