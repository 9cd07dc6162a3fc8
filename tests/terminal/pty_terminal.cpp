#include "pty_terminal.h"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace quantrail::testing_terminal {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

void append_utf8(std::string& out, std::uint32_t c) {
  const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | (c >> 6U));
    byte(0x80 | (c & 0x3FU));
  } else if (c < 0x10000) {
    byte(0xE0 | (c >> 12U));
    byte(0x80 | ((c >> 6U) & 0x3FU));
    byte(0x80 | (c & 0x3FU));
  } else {
    byte(0xF0 | (c >> 18U));
    byte(0x80 | ((c >> 12U) & 0x3FU));
    byte(0x80 | ((c >> 6U) & 0x3FU));
    byte(0x80 | (c & 0x3FU));
  }
}

[[noreturn]] void become(const std::vector<std::string>& arguments, const PtyOptions& options) {
  ::setenv("TERM", options.term.c_str(), 1);
  ::setenv("LC_ALL", options.locale.c_str(), 1);
  for (const auto* name : {"TMUX", "NO_COLOR", "ESCDELAY", "LINES", "COLUMNS"}) ::unsetenv(name);
  for (const auto& variable : options.environment) {
    const auto equals = variable.find('=');
    ::setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
  }
  if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) ::_exit(127);
  std::vector<char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  ::execv(pointers[0], pointers.data());
  ::_exit(127);
}

}  // namespace

PtyTerminal::PtyTerminal(const std::vector<std::string>& arguments, const PtyOptions& options)
    : rows_(options.rows), columns_(options.columns) {
  winsize size{};
  size.ws_row = static_cast<unsigned short>(rows_);
  size.ws_col = static_cast<unsigned short>(columns_);
  process_ = ::forkpty(&master_, nullptr, nullptr, &size);
  if (process_ == 0) become(arguments, options);
  terminal_.reset(vterm_new(rows_, columns_));
  vterm_set_utf8(terminal_.get(), options.locale.find("UTF-8") != std::string::npos ? 1 : 0);
  screen_ = vterm_obtain_screen(terminal_.get());
  static const VTermScreenCallbacks kCallbacks = [] {
    VTermScreenCallbacks callbacks{};
    callbacks.settermprop = on_property;
    return callbacks;
  }();
  vterm_screen_set_callbacks(screen_, &kCallbacks, this);
  vterm_screen_enable_altscreen(screen_, 1);
  vterm_screen_reset(screen_, 1);
}

PtyTerminal::~PtyTerminal() {
  if (!status_) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  hang_up();
}

int PtyTerminal::on_property(VTermProp property, VTermValue* value, void* self) {
  auto& terminal = *static_cast<PtyTerminal*>(self);
  if (property == VTERM_PROP_ALTSCREEN) terminal.alternate_ = value->boolean != 0;
  if (property == VTERM_PROP_CURSORVISIBLE) terminal.cursor_ = value->boolean != 0;
  return 1;
}

bool PtyTerminal::feed(milliseconds wait) {
  pollfd fd{master_, POLLIN, 0};
  if (master_ < 0 || ::poll(&fd, 1, static_cast<int>(wait.count())) <= 0) return false;
  std::array<char, 8192> bytes{};
  const ssize_t got = ::read(master_, bytes.data(), bytes.size());
  if (got <= 0) {
    std::this_thread::sleep_for(std::min(wait, milliseconds(10)));  // the other end is closed
    return false;
  }
  sent_.append(bytes.data(), static_cast<std::size_t>(got));
  vterm_input_write(terminal_.get(), bytes.data(), static_cast<std::size_t>(got));
  return true;
}

std::string PtyTerminal::screen() {
  std::string text;
  for (int row = 0; row < rows_; ++row) {
    std::string line;
    for (int column = 0; column < columns_; ++column) {
      VTermScreenCell cell;
      vterm_screen_get_cell(screen_, VTermPos{row, column}, &cell);
      if (cell.chars[0] == 0) line += ' ';
      for (int k = 0; k < VTERM_MAX_CHARS_PER_CELL && cell.chars[k] != 0; ++k) append_utf8(line, cell.chars[k]);
      if (cell.width == 2) ++column;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

bool PtyTerminal::sees(std::string_view text, milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (screen().find(text) == std::string::npos) {
    if (Clock::now() >= until) return false;
    feed(milliseconds(50));
  }
  return true;
}

void PtyTerminal::send(std::string_view bytes) {
  [[maybe_unused]] const ssize_t written = ::write(master_, bytes.data(), bytes.size());
}

void PtyTerminal::resize(int rows, int columns) {
  rows_ = rows;
  columns_ = columns;
  winsize size{};
  size.ws_row = static_cast<unsigned short>(rows);
  size.ws_col = static_cast<unsigned short>(columns);
  vterm_set_size(terminal_.get(), rows, columns);
  ::ioctl(master_, TIOCSWINSZ, &size);
}

std::size_t PtyTerminal::settled(milliseconds quiet) {
  while (feed(quiet)) {
  }
  const std::size_t bytes = sent_.size() - counted_;
  counted_ = sent_.size();
  return bytes;
}

std::size_t PtyTerminal::read_for(milliseconds time) {
  const auto until = Clock::now() + time;
  while (Clock::now() < until) feed(milliseconds(20));
  const std::size_t bytes = sent_.size() - counted_;
  counted_ = sent_.size();
  return bytes;
}

std::optional<std::chrono::microseconds> PtyTerminal::next_byte(milliseconds patience) {
  const auto began = Clock::now();
  const auto before = sent_.size();
  while (sent_.size() == before) {
    if (Clock::now() - began > patience) return std::nullopt;
    feed(patience);
  }
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
}

termios PtyTerminal::modes() const {
  termios modes{};
  ::tcgetattr(master_, &modes);
  return modes;
}

void PtyTerminal::signal(int number) const { ::kill(process_, number); }

void PtyTerminal::hang_up() {
  if (master_ >= 0) ::close(master_);
  master_ = -1;
}

std::optional<int> PtyTerminal::ended(milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (!status_) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      while (feed(milliseconds(50))) {
      }
      status_ = status;
      break;
    }
    if (Clock::now() >= until) return std::nullopt;
    if (master_ < 0 || !feed(milliseconds(20))) std::this_thread::sleep_for(milliseconds(5));
  }
  return status_;
}

}  // namespace quantrail::testing_terminal
