#include "recording_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

namespace quantrail::tracking {
namespace {

constexpr std::size_t kSector = 512;

RecordingVfs* recorder = nullptr;
sqlite3_vfs* usual = nullptr;

struct File {
  sqlite3_file base;
  sqlite3_file* real;
  const char* name;
};

File* shim(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return shim(file)->real; }
std::string name_of(sqlite3_file* file) {
  return shim(file)->name == nullptr ? std::string() : std::filesystem::path(shim(file)->name).filename().string();
}

using Kind = RecordingVfs::Entry::Kind;

int changed(sqlite3_file* file, Kind kind, std::int64_t at, const void* bytes = nullptr, int size = 0) {
  if (recorder == nullptr || shim(file)->name == nullptr) return SQLITE_OK;  // a temporary file
  RecordingVfs::Entry entry{.kind = kind, .file = name_of(file), .at = at};
  const auto* first = static_cast<const std::uint8_t*>(bytes);
  if (size > 0) entry.bytes.assign(first, first + size);
  return recorder->change(std::move(entry));
}

int close(sqlite3_file* file) {
  return real(file)->pMethods != nullptr ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
}
int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return real(file)->pMethods->xRead(real(file), to, size, at);
}
int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  if (const int code = changed(file, Kind::Write, at, from, size); code != SQLITE_OK) return code;
  return real(file)->pMethods->xWrite(real(file), from, size, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = changed(file, Kind::Truncate, size); code != SQLITE_OK) return code;
  return real(file)->pMethods->xTruncate(real(file), size);
}
int sync(sqlite3_file* file, int) { return changed(file, Kind::Sync, 0); }
int file_size(sqlite3_file* file, sqlite3_int64* size) { return real(file)->pMethods->xFileSize(real(file), size); }
int lock(sqlite3_file* file, int how) { return real(file)->pMethods->xLock(real(file), how); }
int unlock(sqlite3_file* file, int how) { return real(file)->pMethods->xUnlock(real(file), how); }
int is_reserved(sqlite3_file* file, int* out) { return real(file)->pMethods->xCheckReservedLock(real(file), out); }
int control(sqlite3_file* file, int what, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int sector(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int device(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int at, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), at, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); }

constexpr sqlite3_io_methods kMethods{2,        close,       read,        write,   truncate, sync,   file_size,
                                      lock,     unlock,      is_reserved, control, sector,   device, shm_map,
                                      shm_lock, shm_barrier, shm_unmap,   nullptr, nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  File* made = shim(file);
  made->real = reinterpret_cast<sqlite3_file*>(made + 1);
  made->name = name;
  made->base.pMethods = nullptr;
  std::memset(made->real, 0, static_cast<std::size_t>(usual->szOsFile));
  const int code = usual->xOpen(usual, name, made->real, flags, out);
  if (code == SQLITE_OK) made->base.pMethods = &kMethods;
  return code;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  if (recorder != nullptr) {
    const int code = recorder->change({.kind = Kind::Delete, .file = std::filesystem::path(name).filename().string()});
    if (code != SQLITE_OK) return code;
  }
  return usual->xDelete(usual, name, sync_folder);
}

sqlite3_vfs vfs;

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A file whose changes may be lost.
struct OnDisk {
  std::vector<std::uint8_t> safe{};
  std::vector<const RecordingVfs::Entry*> open{};  ///< changes since the last sync
  bool deleted = false;

  static void apply(std::vector<std::uint8_t>& bytes, const RecordingVfs::Entry& entry, std::size_t size) {
    const auto at = static_cast<std::size_t>(entry.at);
    if (entry.kind == Kind::Truncate) return bytes.resize(at);
    if (bytes.size() < at + size) bytes.resize(at + size);
    std::copy_n(entry.bytes.begin(), size, bytes.begin() + entry.at);
  }
  void sync() {
    for (const auto* entry : open) apply(safe, *entry, entry->bytes.size());
    open.clear();
  }
};

}  // namespace

RecordingVfs::RecordingVfs() : usual_(sqlite3_vfs_find(nullptr)) {
  if (recorder != nullptr) throw std::logic_error("one at a time");
  recorder = this;
  usual = usual_;
  vfs = *usual_;
  vfs.zName = "recording";
  vfs.pNext = nullptr;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + usual_->szOsFile;
  vfs.xOpen = open;
  vfs.xDelete = remove;
  sqlite3_vfs_register(&vfs, 1);
}

RecordingVfs::~RecordingVfs() {
  sqlite3_vfs_unregister(&vfs);
  sqlite3_vfs_register(usual_, 1);
  recorder = nullptr;
}

void RecordingVfs::fail_at(int number, int code) {
  const std::lock_guard lock(mutex_);
  left_ = number;
  code_ = code;
  failing_ = failed_ = false;
}

void RecordingVfs::heal() {
  const std::lock_guard lock(mutex_);
  left_ = 0;
  failing_ = false;
}

bool RecordingVfs::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

int RecordingVfs::change(Entry entry) {
  const std::lock_guard lock(mutex_);
  if (left_ > 0 && --left_ == 0) failing_ = failed_ = true;
  if (failing_) return code_;
  record_.push_back(std::move(entry));
  return SQLITE_OK;
}

void RecordingVfs::begin(const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex_);
  folder_ = folder;
  record_.clear();
  safe_.clear();
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) safe_[entry.path().filename().string()] = bytes_of(entry.path());
  }
}

void RecordingVfs::mark(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  record_.push_back({.kind = Entry::Kind::Mark, .at = number});
}

std::size_t RecordingVfs::moments() const {
  const std::lock_guard lock(mutex_);
  return record_.size() + 1;
}

std::int64_t RecordingVfs::marked_before(std::size_t moment) const {
  const std::lock_guard lock(mutex_);
  std::int64_t largest = -1;
  for (std::size_t at = 0; at < moment; ++at) {
    if (record_[at].kind == Entry::Kind::Mark) largest = std::max(largest, record_[at].at);
  }
  return largest;
}

void RecordingVfs::after_power_failure(std::size_t moment, unsigned seed, const std::filesystem::path& folder) const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, OnDisk> files;
  for (const auto& [name, bytes] : safe_) files[name].safe = bytes;
  for (std::size_t at = 0; at < moment; ++at) {
    const Entry& entry = record_[at];
    switch (entry.kind) {
      case Entry::Kind::Write:
      case Entry::Kind::Truncate:
        files[entry.file].open.push_back(&entry);
        files[entry.file].deleted = false;
        break;
      case Entry::Kind::Sync: files[entry.file].sync(); break;
      case Entry::Kind::Delete: files[entry.file] = {.deleted = true}; break;
      case Entry::Kind::Mark: break;
    }
  }
  std::mt19937 random(seed);
  std::filesystem::create_directories(folder);
  for (auto& [name, file] : files) {
    if (file.deleted || name.ends_with("-shm")) continue;
    for (const auto* entry : file.open) {
      const auto chance = random() % 3;
      if (chance == 0) continue;
      const std::size_t sectors = entry->bytes.size() / kSector;
      const std::size_t size = chance == 1 || sectors == 0 ? entry->bytes.size() : random() % sectors * kSector;
      OnDisk::apply(file.safe, *entry, size);
    }
    std::ofstream(folder / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.safe.data()), static_cast<std::streamsize>(file.safe.size()));
  }
}

}  // namespace quantrail::tracking
