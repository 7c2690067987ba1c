/** Emoji by group, each with the words that find it. */
const GROUPS: [string, string, string][] = [
  [
    "Faces",
    "😀",
    "😀 grinning happy|😃 smile big eyes|😄 smile happy eyes|😁 beaming grin|😅 sweat relief|😂 tears of joy laugh|🤣 rolling laughing|🙂 slight smile|🙃 upside down|😉 wink|😊 blush warm smile|😇 angel halo|🥰 hearts loved|😍 heart eyes|🤩 star struck|😘 kiss|😋 yummy tasty|😜 tongue wink|🤗 hug|🤭 oops giggle|🤫 quiet secret|🤔 thinking|🤐 zipper silent|😐 neutral|😶 no mouth|😏 smirk|🙄 rolling eyes|😬 grimace|😌 relieved|😔 sad pensive|😴 sleeping|😷 mask ill|🤒 fever ill|🤯 mind blown|🥳 party celebrate|😎 sunglasses cool|🤓 nerd|😕 confused|🙁 frown|😮 surprised open mouth|😳 flushed|🥺 pleading|😢 crying sad|😭 sobbing|😱 scream|😞 disappointed|😓 cold sweat|😩 weary|😤 huffing|😠 angry|😡 furious",
  ],
  [
    "People and hands",
    "👍",
    "👍 thumbs up yes good|👎 thumbs down no|👌 ok perfect|🤌 pinched fingers|✌️ victory peace|🤞 fingers crossed luck|🤝 handshake deal|🙏 thanks please pray|👏 clap applause|🙌 raised hands hooray|👋 wave hello bye|🤙 call me|💪 strong muscle|☝️ point up|👉 point right|👈 point left|👇 point down|✍️ writing|🤷 shrug|🤦 facepalm|🙋 raise hand question|🙇 bow sorry|💁 help desk|👀 eyes look|🧑‍💻 computer work|🧑‍🍳 cook chef|🧑‍⚕️ doctor health|🧑‍🔧 mechanic repair|👶 baby|👨‍👩‍👧 family",
  ],
  [
    "Hearts and signs",
    "❤️",
    "❤️ red heart love|🧡 orange heart|💛 yellow heart|💚 green heart|💙 blue heart|💜 purple heart|🖤 black heart|🤍 white heart|💔 broken heart|💯 hundred percent|✨ sparkles|⭐ star|🔥 fire hot|💥 boom|✅ check done yes|☑️ ticked|❌ cross no|❗ exclamation important|❓ question|⚠️ warning|🚫 forbidden|🆗 ok|🆕 new|🔔 bell reminder|🔕 bell off|💬 speech message|♻️ recycle|🔴 red circle|🟡 yellow circle|🟢 green circle|🔵 blue circle|➡️ arrow right|⬅️ arrow left|⬆️ arrow up|⬇️ arrow down|1️⃣ one|2️⃣ two|3️⃣ three|4️⃣ four|5️⃣ five",
  ],
  [
    "Things",
    "📦",
    "📦 package parcel|🚚 delivery truck|✈️ plane travel|🚗 car|🚲 bicycle|🏠 house home|🏢 office building|🏪 shop store|🏥 hospital|📍 pin place|🗺️ map|📅 calendar date|⏰ alarm clock|⏳ hourglass wait|📞 telephone call|📱 phone mobile|💻 laptop computer|🖨️ printer|📷 camera photo|🎥 film video|🎧 headphones|📎 paperclip attachment|📄 page document|🧾 receipt invoice|📝 note memo|✉️ envelope mail|📊 chart|🔑 key|🔒 lock|🔧 wrench repair|🛒 shopping cart|🛍️ shopping bags|💳 credit card pay|💰 money bag|💶 euro|💵 dollar|🎁 gift present|🎉 party popper celebrate|🎂 birthday cake|🎟️ ticket|👕 shirt clothes|👟 shoe|🪑 chair furniture|🛏️ bed|💊 pill medicine|🦷 tooth dentist|🩺 stethoscope|💡 idea bulb",
  ],
  [
    "Food and nature",
    "🌱",
    "☕ coffee|🍵 tea|🥤 drink cup|🍷 wine|🍺 beer|🍕 pizza|🍔 burger|🥗 salad|🍣 sushi|🍜 noodles soup|🥐 croissant|🍞 bread|🧀 cheese|🍎 apple|🍌 banana|🍓 strawberry|🍰 cake|🍦 ice cream|🍫 chocolate|🌱 plant seedling|🌸 blossom flower|🌹 rose|🌻 sunflower|🌳 tree|🍂 autumn leaves|☀️ sun|⛅ cloud sun|🌧️ rain|❄️ snow cold|🌈 rainbow|🌙 moon night|🌊 wave sea|🐶 dog|🐱 cat|🐦 bird|🐝 bee",
  ],
];

export interface Emoji {
  char: string;
  words: string;
}

export interface EmojiGroup {
  name: string;
  sign: string;
  emoji: Emoji[];
}

export const EMOJI: EmojiGroup[] = GROUPS.map(([name, sign, all]) => ({
  name,
  sign,
  emoji: all.split("|").map((entry) => {
    const space = entry.indexOf(" ");
    return { char: entry.slice(0, space), words: entry.slice(space + 1) };
  }),
}));

/** Finds the emoji that have a word for each searched prefix. */
export function findEmoji(search: string): Emoji[] {
  const wanted = search.toLowerCase().split(/\s+/u).filter(Boolean);
  return EMOJI.flatMap((group) => group.emoji).filter(({ char, words }) =>
    wanted.every((part) => char === part || words.split(" ").some((word) => word.startsWith(part))),
  );
}
