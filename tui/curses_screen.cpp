#include "tui/curses_screen.h"

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <langinfo.h>
#include <ncurses.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <cstdlib>
#include <string_view>

#include "tui/clipboard.h"
#include "tui/curses_keys.h"
#include "tui/terminal_guard.h"

namespace quantrail::tui {
namespace {

constexpr int kEscapeDelayMs = 100;  // pieces of an escape sequence arrive apart on a slow link

struct Paint {
  short colour = -1;  // of the terminal's eight; -1: its default
  attr_t attributes = A_NORMAL;
};

// Blue, yellow and red are told apart by colour-blind people too; state is always also a word.
Paint paint_of(Style style) {
  switch (style) {
    case Style::Normal: return {};
    case Style::Title: return {-1, A_BOLD};
    case Style::Dim: return {-1, A_DIM};
    case Style::Selected: return {-1, A_REVERSE};
    case Style::Good: return {COLOR_CYAN, A_NORMAL};
    case Style::Bad: return {COLOR_RED, A_BOLD};
    case Style::Warning: return {COLOR_YELLOW, A_NORMAL};
    case Style::Accent: return {COLOR_BLUE, A_BOLD};
    case Style::Border: return {-1, A_DIM};
    case Style::Input: return {-1, A_UNDERLINE};
    case Style::SeriesA: return {COLOR_BLUE, A_BOLD};
    case Style::SeriesB: return {COLOR_YELLOW, A_NORMAL};
    case Style::SeriesC: return {COLOR_CYAN, A_NORMAL};
    case Style::SeriesD: return {COLOR_MAGENTA, A_BOLD};
    case Style::SeriesE: return {COLOR_RED, A_BOLD};
    case Style::SeriesF: return {-1, A_BOLD};
  }
  return {};
}

attr_t attributes_of(Style style, Theme theme) {
  const Paint paint = paint_of(style);
  if (theme != Theme::Strong) return paint.attributes;
  // Faint text is hard to read for some, and on some screens; colours are bright.
  const attr_t kept = paint.attributes & ~static_cast<attr_t>(A_DIM);
  return paint.colour >= 0 ? kept | A_BOLD : kept;
}

bool colours_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && has_colors();
}

/// A capability without its padding ("$<5>"), which only curses knows to send.
std::string capability(const char* name) {
  const char* text = tigetstr(name);
  if (text == nullptr || text == reinterpret_cast<char*>(-1)) return {};
  std::string plain;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.starts_with("$<") ? rest.find('>') : std::string_view::npos;
    if (end == std::string_view::npos) {
      plain += rest.front();
      rest.remove_prefix(1);
    } else {
      rest.remove_prefix(end + 1);
    }
  }
  return plain;
}

constexpr std::string_view kPasteOn = "\033[?2004h";
constexpr std::string_view kPasteOff = "\033[?2004l";

/// Terminals that are no more than their old namesakes do not know of pastes.
bool tells_pastes(std::string_view terminal) {
  return terminal.starts_with("xterm") || terminal.starts_with("screen") || terminal.starts_with("tmux") ||
         terminal.starts_with("rxvt") || terminal.starts_with("alacritty") || terminal.starts_with("foot");
}

}  // namespace

struct CursesScreen::State {
  SCREEN* screen = nullptr;
  std::FILE* out = nullptr;
  std::string terminal{};
  bool colours = false;
  bool pastes = false;
  std::optional<Frame> shown{};
  Theme theme = Theme::Colours;
  std::unique_ptr<TerminalGuard> guard{};

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (screen == nullptr) return;
    set_term(screen);
    mousemask(0, nullptr);
    send(pastes ? kPasteOff : "");
    endwin();
    delscreen(screen);
  }
  void send(std::string_view bytes) const {
    std::fwrite(bytes.data(), 1, bytes.size(), out);
    std::fflush(out);
  }
  void protect() {
    std::string restoring = pastes ? std::string(kPasteOff) : std::string();
    for (const char* name : {"sgr0", "rmkx", "cnorm", "rmcup"}) restoring += capability(name);
    guard->restore_with(restoring);
  }
};

CursesScreen::CursesScreen(std::unique_ptr<State> state) : state_(std::move(state)) {}
CursesScreen::~CursesScreen() = default;
CursesScreen::CursesScreen(CursesScreen&&) noexcept = default;
CursesScreen& CursesScreen::operator=(CursesScreen&&) noexcept = default;

Result<CursesScreen> CursesScreen::open(std::FILE* in, std::FILE* out, const char* term) {
  std::setlocale(LC_ALL, "");
  const char* named = term != nullptr ? term : std::getenv("TERM");
  const std::string terminal = named != nullptr ? named : "";
  if (terminal.empty() || terminal == "dumb") {
    return fail(Cause::Unsupported,
                "TERM={}: this terminal cannot show screens; `quantrail list` and `quantrail watch` print text",
                terminal.empty() ? "(unset)" : terminal);
  }
  auto state = std::make_unique<State>();
  state->out = out;
  state->terminal = terminal;
  state->pastes = tells_pastes(terminal);
  state->guard = std::make_unique<TerminalGuard>(fileno(out));  // before curses changes the modes
  state->screen = newterm(terminal.c_str(), out, in);
  if (state->screen == nullptr) {
    return fail(Cause::Unsupported,
                "TERM={}: unknown to this machine's terminfo; try TERM=xterm-256color, or install ncurses-term",
                terminal);
  }
  set_term(state->screen);
  if (std::getenv("ESCDELAY") == nullptr) set_escdelay(kEscapeDelayMs);
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  curs_set(0);
  mouseinterval(0);
  name_keys();
  if (colours_wanted()) {
    state->colours = true;
    start_color();
    use_default_colors();
    for (int at = 0; at < kStyles; ++at)
      init_pair(static_cast<short>(at + 1), paint_of(static_cast<Style>(at)).colour, -1);
  }
  if (state->pastes) state->send(kPasteOn);
  state->protect();
  return CursesScreen(std::move(state));
}

void CursesScreen::repaint() {
  state_->shown.reset();
  clearok(curscr, TRUE);
}

void CursesScreen::present(const Frame& frame, const Look& look) {
  if (state_->shown == frame && state_->theme == look.theme) return;
  const Size size = frame.size();
  const bool whole = !state_->shown || state_->shown->size() != size || state_->theme != look.theme;
  const bool colours = state_->colours && look.theme != Theme::Plain;
  for (int row = 0; row < size.rows; ++row) {
    for (int column = 0; column < size.columns; ++column) {
      const Cell& cell = frame.at(row, column);
      if (cell.glyph == 0 || (!whole && state_->shown->at(row, column) == cell)) continue;
      const bool shown = look.charset == Charset::Utf8 || cell.glyph < 0x7F;
      const auto glyph = static_cast<wchar_t>(shown ? cell.glyph : U'?');
      const auto mark = static_cast<wchar_t>(shown ? cell.mark : U'\0');
      const std::array<wchar_t, 3> text{glyph, mark, L'\0'};
      cchar_t complex;
      const short pair = colours ? static_cast<short>(static_cast<int>(cell.style) + 1) : short{0};
      setcchar(&complex, text.data(), attributes_of(cell.style, look.theme), pair, nullptr);
      mvwadd_wch(stdscr, row, column, &complex);
      if (!shown && column + 1 < size.columns && frame.at(row, column + 1).glyph == 0)
        mvwadd_wch(stdscr, row, column + 1, &complex);
    }
  }
  wrefresh(stdscr);
  state_->shown = frame;
  state_->theme = look.theme;
}

std::optional<Msg> CursesScreen::poll_input() {
  for (;;) {
    wint_t character = 0;
    const int kind = wget_wch(stdscr, &character);
    if (kind == ERR) return std::nullopt;
    if (kind != KEY_CODE_YES) return KeyPressed{key_of(character)};
    if (character == KEY_RESIZE) {
      state_->shown.reset();
      werase(stdscr);
      return Resized{size()};
    }
    if (character == KEY_MOUSE) {
      if (const auto msg = mouse_message()) return msg;
    } else if (const auto key = special_key(static_cast<int>(character))) {
      return KeyPressed{on(*key)};
    }
  }
}

Size CursesScreen::size() const { return {getmaxy(stdscr), getmaxx(stdscr)}; }

void CursesScreen::resize(Size size) {
  resizeterm(size.rows, size.columns);
  werase(stdscr);
  state_->shown.reset();
}

void CursesScreen::leave() {
  if (state_->pastes) state_->send(kPasteOff);
  endwin();
}

void CursesScreen::resume() {
  if (state_->pastes) state_->send(kPasteOn);
  repaint();
  wrefresh(stdscr);
}

void CursesScreen::use_mouse(bool on) {
  mousemask(on ? BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, nullptr);
}

void CursesScreen::copy(const std::string& text) {
  if (std::getenv("TMUX") != nullptr) {
    // tmux keeps it, and passes it on to its own terminal.
    if (std::FILE* pipe = ::popen("tmux load-buffer -w - >/dev/null 2>&1", "w")) {
      std::fwrite(text.data(), 1, text.size(), pipe);
      if (::pclose(pipe) == 0) return;
    }
  }
  state_->send(clipboard_sequence(text, state_->terminal));
}

std::string CursesScreen::shown_text() const {
  std::u32string all;
  const Size size = this->size();
  for (int row = 0; row < size.rows; ++row) {
    std::u32string line;
    for (int column = 0; column < size.columns; ++column) {
      cchar_t complex;
      if (mvwin_wch(curscr, row, column, &complex) == ERR) continue;
      std::array<wchar_t, CCHARW_MAX + 1> text{};
      attr_t attributes = 0;
      short pair = 0;
      if (getcchar(&complex, text.data(), &attributes, &pair, nullptr) == ERR) continue;
      for (const wchar_t* at = text.data(); *at != L'\0'; ++at) line += static_cast<char32_t>(*at);
      if (width_of(static_cast<char32_t>(text[0])) == 2) ++column;
    }
    line.erase(line.find_last_not_of(U' ') + 1);
    all += line + U'\n';
  }
  std::string utf8;
  for (std::size_t at = 0; at < all.size();) {
    const auto end = all.find(U'\n', at);
    utf8 += encoded(std::u32string_view(all).substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return utf8;
}

int CursesScreen::unsent() const {
  int bytes = 0;
  return ::ioctl(fileno(state_->out), TIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

Charset charset_of_locale() {
  std::setlocale(LC_ALL, "");
  return std::string_view(nl_langinfo(CODESET)) == "UTF-8" ? Charset::Utf8 : Charset::Ascii;
}

Charts charts_of_terminal(Charset charset) {
  if (charset == Charset::Ascii) return Charts::Ascii;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term).starts_with("linux") ? Charts::Blocks : Charts::Braille;
}

}  // namespace quantrail::tui
