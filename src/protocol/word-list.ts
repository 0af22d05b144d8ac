/**
 * The 2048 words that hashes are read out in: plain English, 3 to 7 small letters, sorted. Any two differ in more than one
 * letter and neither is the beginning of the other, so that a slip while comparing is seen. The list is part of the
 * protocol: both sides must hold the same one, so it never changes.
 */
const TEXT = `
abacus ability above absorb accept account achieve acrobat across action active actor adapt add adjust
admiral admire adobe adorn adult advance advice after again agent agile agree ahead aim airport airy album
alder alert algae algebra alias alive alley allow almanac almond almost aloe already also always amazing
amber amigo among amount ample amuse analyst anchor ancient anew angle animal anise annex answer anthem
antler anvil apart apex appear apply apricot apron arcade arctic aroma around arrange arrive arrow artisan
artist aside aspect aspen assist athlete atlas atoll atom attach attend attic audio aura author autumn
avenue average avocado awaken aware axis axle azalea azure baby backup badger bagel bagpipe baker balance
balcony ballad ballet balloon bamboo banana band banjo banner barber barge barley barn barrack barrel basalt
basic basket battery bayou beach beacon bear become bedroom beetle before begin begonia behind beige belong
below beneath beret berry beside between beyond bicep bicycle billion binder bingo birch bird biscuit bison
blanket blazer blend bless blinds blink bloom blossom blues bluff board boat bold bonus border borrow both
bottle boulder bounce bouquet bowl brag braid bramble branch brass bravo bread breathe breeze brick bridge
brie bright bronco bronze brooch brook brother brownie browse bubble bucket buckle budget buffet bugle build
bulb bundle bunk buoy burger burrito burst bus butcher butter button buyer buzz cabbage cabin caboose cactus
cadet call camel camera campus canal canary cancel candid candor canoe canopy canteen canvas canyon capital
captain capture carafe caramel caravan caraway career careful cargo carpet carrot carry carton carve cascade
cashew cassava cast casual catalog caterer cattle cavern cedar ceiling celery cellist cello cement center
central century cereal certain chair chalet chalice chalk chamber chance chapter chard charge chase chat
check cheddar cheery cheese cheetah chef chess chicken chicory chili chilly chime chimney chisel choice
choose chop chorus chowder chutney cicada circle circus citadel citizen citrus city civil clap clarify class
clause clean clerk clever client cliff climate climb cling clinic clock closet cloud club cluster clutch
coach cobalt cobbler cocoa coconut coffee collar collect college color colt column comb comedy comet comfort
comment common company compare compass compose comrade concept confirm connect console contain context
control cookie cool copper copy cordial corner corps correct cosmic cosmos costume cottage cotton cougar
count courier course cousin cove cowboy coyote cradle craft crane crater crayon cream create credit creek
crepe crest crevice crib cricket crimson crisp crocus crouton crow cruise crumb crumpet crystal cube cubic
cuff culture culvert cumin cupcake curator curious curl current cushion custom cutlery cyan cycle cyclist
cymbal cypress dahlia daily dam dancer dapper dart data dawn dazzle deal debut decade decibel deck declare
deep degree delight deliver delta demand denim dentist depart depend deposit depot depth desert design
detail detect device devote dew dialect dialog diamond diary dice diet digit dilemma dinghy direct disc
ditto diver divide doctor dog dolphin domain door dormer dose double doubt dozen dragon drama drapery draw
dreamy drift drill drink drive drizzle drop drought drum duchess duke during dusk duty dynamo dynasty eager
eagle early earring earth easel eastern easy ebb ebony echo eclair eclipse economy eddy edition editor
effect effort eggnog egret elastic elegant element eleven elm else embark emblem emerge employ empress empty
emu enable endive energy engage engine enigma enlist enough enroll ensure entire entree entry envoy epic
epoch equal equator equip eraser errand error essay estate estuary even everest every evolve exact examine
example excel excuse exhibit exit exotic explain explore export extent extra fabric facade factory faith
falafel falcon family famous fancy farmer fashion fasten fathom faucet feature fellow felt fence fennel
ferret festive fetch fiction fiddler field fiesta fifty figure film filter finale finch find finesse finish
firefly first fish fix fjord flag flair flannel flask flavor fleece fleet flicker flight flint flip float
flora flower fluent fluffy fluid flutter foam focus foil folder folio folk fondue font food force foreman
forest forgive formal formula fortune forty forum fossil founder foundry frame frank free freight fresco
fresh friend frilly fringe fritter frog frolic frost froth fruit fryer fungus furnace future fuzzy gadget
gala galleon gallery gallop gap garage garden gargle garlic garret gate gather gauge gazebo gazelle gecko
gelato general genial genius genre gentle geode gerbil gesture get geyser giant gibbon gifted giggle ginseng
giraffe girder give glacier glade glance gleam glen glider glimmer global glory glossy glove glow glue goal
goblet goggles golden golfer gondola goose gopher gorge gourd gown grammar granary grand granite granola
grape grasp gray greet griddle grin grocer grotto group grouse guard guava guess guide guitar gulch gull
gusto habit haddock halibut hallway halo hamlet hammer hammock hamster handle hanger happen happy harbor
hardy hare harmony harvest hatter haul haven hawk hazard hazel hazy headset hearty heath height helmet
helper helpful hemlock herald herd heron herring hickory hidden high hike hill hinge history holiday hollow
holly honest honey honor hope horizon horse host hotel hound human hummus hundred hungry hurry hyena ibex
ibis iceberg icicle icing idea igloo iguana image imagine impact impala improve impulse include indeed index
indigo indoor inform inkwell inlet inning input insect inside insight inspire install instead into invent
invite involve iron island isle item ivory ivy jackal jade jaguar jalopy jargon jasmine jay jazz jeans jelly
jersey jetty jewel jigsaw job jockey join joist joke jostle journal journey jovial joyful jubilee juggle
juice jumbo jumper junior juniper just kale karate kayak keen keeper kelp kelvin kestrel ketchup kettle key
khaki kimono kindle kingdom kiosk kitchen kite kitten kiwi knight knit knock knoll know koala label labor
ladder ladle ladybug lagoon lake lamp lantern lapis lapse laptop larch lasagna later latest lattice laugh
launch laundry laurel lava lawyer layout leader league leap learn leave ledger legacy legend leisure lemming
lemon lemur lens lentil leopard lesson letter lettuce level liberty library license lichen lid lift likely
lilac lily limit linear linen linger lintel lion liquid listen little lizard llama loaf lobby lobster local
locate locker lodge lofty logic logo long loop lord lots lounge lovely loyalty lucid lucky lullaby lunar
lupin lute luxury lynx lyre lyric macaron macaw machine maestro magenta magic magma magnet magpie mahjong
main major mallard manage manatee mango mansion mantel manual many maple marble marina marker marlin marmot
maroon marquee marsh marten marvel mascot mason match maxim maybe maze meadow measure medic medium meerkat
meet melody melon member memory mend mentor merit mesa message metal meter method metric middle mighty milk
miller mimosa miner minnow minty minute miracle mirror mirth mission mist mixed mobile mocha model modern
modest module mohair moisten molten moment monitor monsoon month moped moral more morning morsel mortar
mosaic mossy mother motif motion motive motto mouse movable movie much muffler mug mule museum music mussel
mustang mustard muted mutual myrtle mystery myth nacho name napkin narrate narwhal nation native natural
nature navy nebula nectar needle nephew network never newt nibble niche nickel niece nimbus nine noble
nominee noodle nook north note notice nougat nova novel nudge nugget number numeric nurse nutmeg nylon oasis
oatmeal obelisk obey object oblong oboe observe obtain ocean ochre octave octet octopus odyssey offer office
often omelet once onion only onset onward open opera opinion optimal option orange orator orbit orca orchard
orchid oregano organ origin osprey ostrich otter ottoman outback outcome outcrop outing outline outlook
outpost output outside oval over owner oxbow oyster pact padlock paella painter pair pajamas palace palette
palm pancake panda panel panther papaya paper paprika papyrus parable parade paradox parasol parcel pardon
parfait park parlor parody parsley parsnip partner pass paste pastime pastry pasture path patient patio
patron pattern patty pause peace peacock peak peanut pearl pebble pecan pedal peddler pelican pencil penguin
pennant penny people pepper percent perch perfect perform pergola period perky pesto petunia phone photo
phrase pianist piano piccolo pick picnic pier pigeon pigment pillar pillow pioneer pipe pistil piston pita
pitch pivot pixel pizza plan plasma plaster plate player playful plaza please plenty pliers plot plover plug
plumber plunge plural plush pluto plywood poem poetic poetry polar policy polish polite pollen polygon
poncho pontoon pony popcorn popular portal porter portion postage potato poultry powder prairie praline
prawn precise predict prefer prefix prepare present press pretzel prince print prism private prize problem
proceed process produce profile profit program project promise prompt proof proper prose proud proverb
provide publish pudding puddle puffin pulley pulse pump puppet puppy pure purify purple purpose pursue put
puzzle quail quaint quality quarry quarter quartz quasar queen query quest queue quiche quick quiet quill
quince quite quiz quota rabbit raccoon race racket radar radio radish radius railing rainbow raise raisin
rally ramen random rapid ravine ravioli react ready realize reason rebuild recall receipt receive recent
recess recipe recital record recover recycle redwood reel reflect refrain refresh regal region regular
rejoice relate relaxed relay release relish remark remedy remind renew repair repeat reply report request
rescue reserve resolve respect restore result retain retire return reuse reveal review revive reward rhino
rhubarb rhyme rhythm rich rider ring rinse ripple risotto rivet robe robin robust rocky roll roofer roomy
root roster rosy rotate rotor routine rower royal rub rudder rugby rugged ruler rumor runner rural rush
rustic rusty rye saddle saffron sage sail salad salary salon salsa salty salute sandal sandy sapling sardine
satchel satin satire sauce savanna sawmill saying scale scamper scarf scarlet scatter scene scenic scepter
scheme scholar school science scoop scooter screen scribe scroll search seat second secret sector secure
sedge see segment select senator senior sense sepia sequel sequoia serene series serve serving sesame
session shade shadow shallot shampoo shark shawl shears sheep shelf shelter sherbet shield shiny shirt shoal
shopper shore shout shovel show shrew shrimp shrub shuffle shutter sickle siding sieve sign silence silent
silky silo silver simple since single siren sister sixty skater sketch skewer skill skip skunk skyline sled
sleek sleepy sleeve sleigh slide slipper slogan slope sloth smart smell smile smooth snappy sneeze snippet
snooze snowy snug soar social socket sofa solemn solid soloist solve sonata sonnet soon sorbet sorrel sort
soup south soy space span sparkle sparrow spatula speaker special species speech speed sphere spicy spider
spinach spindle spinner spiral spire spirit splash split sponge spot spread sprig sprout spruce spur squash
squeeze squid squire stack stall stand stanza staple stare station statue steady steeple steer stellar
steppe stew sticker stilts stir stool stop storm stove strait straw stream street stretch stride strong
student studio sturdy style subject subtle suburb subway succeed success sudden suffix sugar suggest suit
sumac summary summer summit sunbeam sundae sundial sunny sunrise sunset supper supply support supreme surfer
surgeon surplus sushi swallow swamp sway sweater sweet swift swim swing switch symbol synonym syntax syrup
system table tackle taco tactic tadpole tailor talent tandem tangy tape tapir tarp task tassel tasty taxi
teacher teacup team teapot teller tempo tenant tender tennis tepid tern terrace test texture thank thaw
theater theme theory thesis thicket thimble thing thirty thistle thought thread three thrift thrill through
throw thrush thunder thus tiara tidy tiger tight timber time tinker tinsel tint tiptoe title toad toast tofu
token tomato tone tonic toolbox topaz topping torrent toss total toucan touch tour toward track tractor
trader trailer train trapeze travel treat trellis trench trend trial trim triple tripod triumph trivia
trolley trophy tropic trout trowel true truffle trunk trust truth try tuck tugboat tuition tulip tumble tuna
tundra tunnel turbine tureen turf turkey turnip turret turtle tutor tuxedo tweed tweezer twelve twenty twice
twig twinkle twirl two typical typist ultra uncle under unfold uniform unique unity unlock unpack unwrap
upbeat update upgrade uplift upward urban urgent useful usher usual utensil vacuum valid value vanilla
vanish vapor variety vary vase vault vehicle velvet vendor venture veranda verb verse version vessel viaduct
vibe vibrant victory video view villa vinegar violet violin vision visit visor vista vital vivid voice
volcano vole volume voucher vowel voyage wafer waffle wagon waiter walker walnut walrus want warbler warm
wash wave wax wealth weather week welcome welder welfare well western wetland wharf wheat wheel whisk
whisper wicket wide width wild willing window windy winged wink winner wisdom without witness witty wolf
wombat wonder wooden woolly work world worthy wrap wreath wren write yacht yak yard yeast yogurt young yucca
zebra zenith zephyr zero zesty zigzag zinnia zipper zippy zither zoom
`;

/** The words in order: a word's place, 0 to 2047, is what 11 bits of a hash say. */
export const WORDS: readonly string[] = TEXT.trim().split(/\s+/);
